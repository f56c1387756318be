import type { TargetDto } from '#lib/domain/target/target.ts';
import type { TargetRow } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';

/** A row with the facts of its module. */
export function toTargetDto({ settings, gatewayId: _, gatewayGroupId: __, ...row }: TargetRow): TargetDto {
  const module = findTargetModule(row.kind);
  const { title, methods, capabilities } = module;
  return { ...row, kindTitle: title, location: module.location(settings), methods, capabilities };
}
