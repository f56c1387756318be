import { accessOf, type Granted, missingPermissions } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';

/** The problem of a dataset that the token may not read; names the least privileged permission (Graph doc *Permissions reference*). */
export function missingPermission(dataset: DatasetDefinition, granted: Granted): Problem {
  if (accessOf(dataset, granted) === 'delegated-only') return delegatedOnly(dataset);
  const [least = 'a permission', ...others] = missingPermissions(dataset, granted);
  return {
    code: 'missing-permission',
    title: `${dataset.title} needs the permission ${least}, which this connection does not have.`,
    ...(others.length === 0 ? {} : { detail: `Also sufficient: ${others.join(', ')}.` }),
    remedy: `Ask the tenant administrator to grant ${least} (${granted.signIn === 'app-only' ? 'application' : 'delegated'}) to the app registration, then run again.`,
    fixer: 'tenant-admin',
  };
}

/** No consent helps: Graph has no application permission for the dataset. */
function delegatedOnly(dataset: DatasetDefinition): Problem {
  return {
    code: 'delegated-only',
    title: `${dataset.title} has no application permission in Microsoft Graph, and this connection signs in as an application.`,
    remedy: 'Remove the dataset from the task, or use a connection in which a person signs in.',
    fixer: 'you',
  };
}
