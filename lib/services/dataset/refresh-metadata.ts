import { accessOf } from '#lib/domain/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockConnection, setMetadataGenerated } from '#lib/store/connections.ts';
import { insertDataset, listDatasetRows, updateDefinition } from '#lib/store/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { withSession } from '../connection/with-session.ts';
import type { Context } from '../context.ts';
import { write } from '../write.ts';
import { keepChoices } from './keep-choices.ts';
import { grantedOf } from './require-dataset.ts';

/** Selected by themselves in a new connection, where the token may read them. */
const SELECTED_AT_FIRST: ReadonlySet<string> = new Set(['users', 'groups', 'group_members']);

/**
 * Asks Graph what there is and merges it into the connection's datasets: choices of people (selected datasets and columns, column
 * names) stay, new datasets and columns come along. A dataset that is no longer offered stays too, since tasks may use it.
 */
export async function refreshMetadata(ctx: Context, connectionId: string): Promise<void> {
  const connection = await requireConnection(ctx, connectionId);
  const definitions = await withSession(ctx, connection, (session) => ctx.executor.generateMetadata(session));
  const granted = grantedOf(connection);
  await write(ctx, async (tx, audit) => {
    if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
    const known = new Map((await listDatasetRows(tx, connectionId)).map((row) => [row.name, row]));
    const suggest = (definition: DatasetDefinition) =>
      known.size === 0 && SELECTED_AT_FIRST.has(definition.name) && accessOf(definition, granted) === 'granted';
    for (const definition of definitions) {
      const before = known.get(definition.name);
      if (before === undefined) await insertDataset(tx, connectionId, definition, suggest(definition));
      else await updateDefinition(tx, before.id, keepChoices(before.definition, definition));
    }
    await setMetadataGenerated(tx, connectionId, ctx.clock.now());
    await audit({ action: 'connection.generate-metadata', subjectId: connectionId, detail: { datasets: definitions.length } });
  });
}
