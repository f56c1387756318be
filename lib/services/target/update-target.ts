import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { formatCounted } from '#lib/domain/format.ts';
import { GatewayChoice } from '#lib/domain/gateway/gateway.ts';
import { idSchema } from '#lib/domain/id.ts';
import { type TargetDetailDto, type TargetField, TargetName } from '#lib/domain/target/target.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { listTasksOfTarget, lockTarget, renameTarget, setTargetAccess, setTargetGateway } from '#lib/store/run/targets.ts';
import { listDatasetNames, listTaskPlacesOf, lockNamespace } from '#lib/store/run/tasks.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { nameTaken } from '../connection/name-taken.ts';
import { closedConnections } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireGatewayChoice } from '../gateway/require-gateway.ts';
import { requireRole } from '../require-role.ts';
import { lockOf, requireFreeTables } from '../task/claim-tables.ts';
import { write } from '../write.ts';
import { getTarget } from './get-target.ts';
import { EnteredValues, hasSecrets, parseEntered } from './parse-entered.ts';
import { requireOwnTarget } from './require-target.ts';
import { requireTargetAccess } from './require-target-access.ts';
import { namesOfTasks } from './used-by.ts';

export const UpdateTargetInput = z.object({
  targetId: idSchema('targ'),
  name: TargetName,
  settings: EnteredValues,
  /** Null: the stored ones stay; only while the settings are unchanged. */
  secrets: EnteredValues.nullable().default(null),
  /** True: the location may change although tasks use the target. */
  confirm: z.boolean().default(false),
  /** The gateway that reaches it. */
  ...GatewayChoice.shape,
});
export type UpdateTargetInput = z.input<typeof UpdateTargetInput>;

/**
 * Changes a target; running runs keep the settings that they started with.
 * @throws InvalidInputError `target-settings`, `target-secrets-needed`; ConflictError `target-built-in`, `name-taken`,
 * `target-location-used` with the tasks that use it, unless `confirm`; `table-taken` when a table there belongs to a task of another target
 */
export async function updateTarget({ ctx, input }: Call<UpdateTargetInput>): Promise<TargetDetailDto> {
  requireRole(ctx, 'editor');
  const { targetId, name, settings, secrets, confirm, gatewayId, gatewayGroupId } = UpdateTargetInput.parse(input);
  const { kind, settings: before } = await requireOwnTarget(ctx, targetId);
  const entered = await enteredOf(ctx, { targetId, kind, settings, secrets });
  try {
    const { location } = findTargetModule(kind);
    const moves = location(before) !== location(entered.settings);
    const closed = await closedConnections(ctx);
    await write(ctx, async (tx, audit) => {
      if (!(await lockTarget(tx, targetId))) throw new NotFoundError('target');
      const tasks = moves && !confirm ? await listTasksOfTarget(tx, targetId) : [];
      if (tasks.length > 0)
        throw locationUsed(location(before), location(entered.settings), {
          count: tasks.length,
          names: namesOfTasks(tasks, closed),
        });
      if (!isDeepStrictEqual(before, entered.settings))
        await requireTablesFreeAt(tx, { targetId, kind, settings: entered.settings, closed });
      await renameTarget(tx, targetId, name);
      await setTargetAccess(tx, ctx.ring, targetId, { kind, ...entered, builtIn: false });
      await requireGatewayChoice({ db: tx }, { gatewayId, gatewayGroupId });
      await setTargetGateway(tx, targetId, { gatewayId, gatewayGroupId });
      await audit({ action: 'target.update', subjectId: targetId, detail: { name, kind, secrets: secrets !== null } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('target', error);
    throw error;
  }
  return getTarget({ ctx, input: { targetId } });
}

/** Holds the places of all tasks of the target at its new location. @throws ConflictError `table-taken` */
async function requireTablesFreeAt(
  tx: Tx,
  {
    targetId,
    kind,
    settings,
    closed,
  }: { readonly targetId: string; readonly kind: string; readonly settings: unknown; readonly closed: readonly string[] },
): Promise<void> {
  const places = await listTaskPlacesOf(tx, targetId);
  const taskIds = places.map(({ taskId }) => taskId);
  const names = await listDatasetNames(tx, taskIds);
  // In one order, so that two edits at once do not wait for each other.
  const addressed = places
    .map(({ taskId, target }) => ({ taskId, target, lock: lockOf(kind, settings, target) }))
    .sort((one, other) => one.lock.localeCompare(other.lock));
  for (const { taskId, target, lock } of addressed) {
    await lockNamespace(tx, lock);
    const datasetNames = names.get(taskId) ?? [];
    await requireFreeTables(tx, { kind, settings, target, datasetNames, except: { targetId }, closed });
  }
}

function locationUsed(from: string, to: string, tasks: { readonly count: number; readonly names: string }): ConflictError {
  return new ConflictError({
    code: 'target-location-used',
    title: `${formatCounted(tasks.count, 'task')} would land in ${to} instead of ${from}.`,
    detail: tasks.names,
    remedy:
      'Confirm that their next runs land in the new location. The landed data stays in the old location. In the API: `"confirm": true`.',
    fixer: 'you',
  });
}

/**
 * The entered values, with the stored secrets where none were entered. Stored secrets are valid only for the location that they were entered for:
 * otherwise someone who changes the host could have a password sent to a server of their own.
 */
export async function enteredOf(
  ctx: Pick<Context, 'db' | 'ring'>,
  { targetId, kind, settings, secrets }: { targetId: string; kind: string; settings: unknown; secrets: unknown },
): Promise<{ readonly settings: unknown; readonly secrets: unknown }> {
  if (secrets !== null || !hasSecrets(kind)) return parseEntered(kind, { settings, secrets });
  const stored = await requireTargetAccess(ctx, targetId);
  const entered = parseEntered(kind, { settings, secrets: stored.secrets });
  const before = findTargetModule(kind).parse({ settings: stored.settings, secrets: stored.secrets });
  if (isDeepStrictEqual(entered.settings, before.settings)) return entered;
  const chosen = entered.settings as Readonly<Record<string, unknown>>;
  const isShown = ({ when }: TargetField): boolean =>
    when === undefined || when.values.some((value) => value === chosen[when.field]);
  const field = findTargetModule(kind).fields.find((one) => one.secret && isShown(one));
  throw new InvalidInputError({
    code: 'target-secrets-needed',
    title: `Enter the ${field?.label.toLowerCase() ?? 'secret'} again: the settings have changed.`,
    remedy: 'Entrada sends a stored secret only to the location for which it was entered.',
    fixer: 'you',
    field: `secrets.${field?.name ?? ''}`,
  });
}
