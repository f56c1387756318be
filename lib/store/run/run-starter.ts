import type { ActorKind, ActorRef } from '#lib/domain/account/actor.ts';

/** Columns of `runs` with the actor that started it. */
export const STARTER_COLUMNS = { startedByKind: true, startedById: true, startedByUserId: true, startedByName: true } as const;

export interface StarterRow {
  readonly startedByKind: ActorKind;
  readonly startedById: string | null;
  readonly startedByUserId: string | null;
  readonly startedByName: string;
}

export function toStarterRow({ kind, id, userId, name }: ActorRef): StarterRow {
  return { startedByKind: kind, startedById: id, startedByUserId: userId, startedByName: name };
}

export function starterOf(row: StarterRow): ActorRef {
  return { kind: row.startedByKind, id: row.startedById, userId: row.startedByUserId, name: row.startedByName };
}
