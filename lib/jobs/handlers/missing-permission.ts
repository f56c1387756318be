import { type Granted, missingPermissions } from '#lib/domain/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';

/** A dataset that the token may not read; names the least permission (Graph doc *Permissions reference*). */
export function missingPermission(dataset: DatasetDefinition, granted: Granted): Problem {
  const [least = 'a permission', ...others] = missingPermissions(dataset, granted);
  return {
    code: 'missing-permission',
    title: `${dataset.title} needs the permission ${least}, which this connection does not have.`,
    ...(others.length === 0 ? {} : { detail: `${others.join(', ')} would do as well.` }),
    remedy: `Ask the tenant administrator to grant ${least} (${granted.signIn === 'app-only' ? 'application' : 'delegated'}) to the app registration, then run again.`,
    fixer: 'tenant-admin',
  };
}
