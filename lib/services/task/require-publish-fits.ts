import type { Problem } from '#lib/domain/problem.ts';
import { wantsRelations } from '#lib/domain/task/relations.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { findConnection } from '#lib/store/connection/connections.ts';
import type { TargetRow } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';

/**
 * That the target can show relations, where the task wants that; and that all datasets of a run can be published together, where it wants that: by
 * one process, since its datasets wait for each other, into a target that can.
 * @throws InvalidInputError `option-does-not-fit`
 */
export async function requirePublishFits(tx: Tx, connectionId: string, wanted: TaskTarget, target: TargetRow): Promise<void> {
  const { capabilities } = findTargetModule(target.kind);
  if (wantsRelations(wanted) && !capabilities.relations) {
    throw new InvalidInputError({
      code: 'option-does-not-fit',
      title: `${target.name} does not support foreign keys and views of relationships.`,
      remedy: 'Switch off both settings, or choose a PostgreSQL target.',
      fixer: 'you',
      field: 'target.settings.relationKeys',
    });
  }
  if (wanted.settings.publish !== 'together') return;
  if (capabilities.together === 'no') {
    throw new InvalidInputError({
      code: 'option-does-not-fit',
      title: `${target.name} cannot publish all datasets of a run at once.`,
      remedy: 'Choose to publish each dataset as soon as it has been read, or choose another target.',
      fixer: 'you',
      field: 'target.settings.publish',
    });
  }
  const connection = await findConnection(tx, connectionId);
  if (connection !== null && (connection.gatewayId !== null || connection.gatewayGroupId !== null))
    throw new InvalidInputError(notTogetherByGateway());
}

/** The datasets of a run may be read by several processes of a gateway, none of which could publish them all. */
export function notTogetherByGateway(): Problem {
  return {
    code: 'option-does-not-fit',
    title: 'All datasets of a run can be published at once only if the server itself reads the connection.',
    detail: 'This connection is read through a data gateway.',
    remedy: 'Edit the task, and choose to publish each dataset as soon as it has been read.',
    fixer: 'you',
    field: 'target.settings.publish',
  };
}
