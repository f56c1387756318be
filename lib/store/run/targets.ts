import type { TargetKind } from '#lib/domain/task/update-method.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** The two targets that every installation has; the ids are fixed, so that scripts can name them. */
export const BUILT_IN_TARGETS = [
  { id: 'targ_22222222222222222222', name: 'Built-in landing database', kind: 'landing', builtIn: true },
  { id: 'targ_33333333333333333333', name: 'Local data lake', kind: 'lake', builtIn: true },
] as const;

export interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly kind: TargetKind;
}

const TARGET = { id: true, name: true, kind: true } as const;

/** Makes the built-in targets where they are missing. */
export async function ensureBuiltInTargets(db: Db | Tx): Promise<void> {
  await db.target.createMany({ data: BUILT_IN_TARGETS.map((target) => ({ ...target })), skipDuplicates: true });
}

export async function listTargetRows(db: Db): Promise<TargetRow[]> {
  return db.target.findMany({ select: TARGET, orderBy: [{ kind: 'asc' }, { name: 'asc' }] });
}

export async function findTarget(db: Db | Tx, id: string): Promise<TargetRow | null> {
  return db.target.findUnique({ where: { id }, select: TARGET });
}
