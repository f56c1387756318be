import type { TargetDto } from '#lib/domain/task/task.ts';
import type { TargetRow } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';

/** A row with what its module says of it. */
export function toTargetDto({ id, name, kind, builtIn, settings }: TargetRow): TargetDto {
  const module = findTargetModule(kind);
  return { id, name, kind, builtIn, location: module.location(settings), methods: module.methods };
}
