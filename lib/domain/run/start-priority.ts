import type { ActorKind } from '../account/actor.ts';

/** Priority of a run in the queue and of its datasets in a worker: runs that a person started come first. */
export function startPriority(startedBy: ActorKind): 0 | 1 {
  return startedBy === 'user' || startedBy === 'cli' ? 1 : 0;
}
