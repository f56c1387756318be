import type { ConnectionAccess } from '#lib/domain/connection/connection-access.ts';
import { AppError, NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import {
  connectionOf,
  findAccessOf,
  listClosedConnectionIds,
  listOpenConnectionIds,
  listUsedOnlyConnectionIds,
} from '#lib/store/connection/connection-grants.ts';
import type { Context } from '../context.ts';

/** What a use case is about, by the names of the inputs of services. */
export interface NamedObjects {
  readonly connectionId?: string | null | undefined;
  readonly taskId?: string | null | undefined;
  readonly runId?: string | null | undefined;
  readonly datasetId?: string | null | undefined;
  readonly metadataJobId?: string | null | undefined;
}

interface Asking {
  readonly actor: Context['actor'];
  readonly db: Db | Tx;
}

const KINDS = { connectionId: 'connection', taskId: 'task', runId: 'run', datasetId: 'dataset', metadataJobId: 'job' } as const;

/**
 * Looks whether the connection behind what a request names is open to who asks; every use case that names one calls it. Administrators, the operator's
 * shell, schedules and jobs are not limited. A connection that is closed to somebody, and what belongs to it, is not found.
 * @throws NotFoundError; AppError `connection-edit-missing` where it may be used but not edited
 */
export async function requireConnectionAccess(asking: Asking, needed: ConnectionAccess, named: NamedObjects): Promise<void> {
  const userId = limitedPerson(asking);
  if (userId === null) return;
  for (const [name, kind] of Object.entries(KINDS) as [keyof NamedObjects, (typeof KINDS)[keyof typeof KINDS]][]) {
    const id = named[name];
    const connectionId = id == null ? null : await connectionOf(asking.db, kind, id);
    const access = connectionId === null ? null : await findAccessOf(asking.db, connectionId, userId);
    if (access === 'none') throw new NotFoundError(kind);
    if (access === 'use' && needed === 'edit') throw editMissing();
  }
}

/** Ids of the connections that lists leave out for who asks. */
export async function closedConnections(asking: Asking): Promise<readonly string[]> {
  const userId = limitedPerson(asking);
  return userId === null ? [] : listClosedConnectionIds(asking.db, userId);
}

/** Ids of the connections that are open to who asks; null: all, also those of connections that are gone. */
export async function openConnections(asking: Asking): Promise<readonly string[] | null> {
  const userId = limitedPerson(asking);
  return userId === null ? null : listOpenConnectionIds(asking.db, userId);
}

/** Ids of the connections that who asks may use, but not edit. */
export async function usedOnlyConnections(asking: Asking): Promise<ReadonlySet<string>> {
  const userId = limitedPerson(asking);
  return new Set(userId === null ? [] : await listUsedOnlyConnectionIds(asking.db, userId));
}

/** The person whose access counts; null: who asks is not limited. */
function limitedPerson({ actor }: Asking): string | null {
  const isPerson = actor.kind === 'user' || actor.kind === 'apiToken';
  return isPerson && actor.role !== 'admin' ? actor.userId : null;
}

function editMissing(): AppError {
  return new AppError({
    code: 'connection-edit-missing',
    title: 'You may use this connection, but not change it.',
    remedy: 'Ask its owner or an administrator of Entrada for the permission Edit of this connection.',
    fixer: 'operator',
  });
}
