import { AppError } from '#lib/platform/errors.ts';
import { azureStorage } from './azure-storage/index.ts';
import { duckdbFile } from './duckdb-file/index.ts';
import { folder } from './folder/index.ts';
import { mariadb } from './mariadb/index.ts';
import { postgres } from './postgres/index.ts';
import { s3 } from './s3/index.ts';
import type { TargetModule } from './target.ts';

/** Every kind of target, in the order of pages. A new kind needs a folder beside this file and an entry here. */
export const TARGETS: readonly TargetModule[] = [postgres, mariadb, folder, azureStorage, s3, duckdbFile];

/** @throws AppError `target-kind-unknown`: a version with more kinds created the row. */
export function findTargetModule(kind: string): TargetModule {
  const found = TARGETS.find((module) => module.kind === kind);
  if (found !== undefined) return found;
  throw new AppError({
    code: 'target-kind-unknown',
    title: `This version of Entrada does not support targets of the kind ${kind}.`,
    remedy: 'Start the version that created this target, or a later one.',
    fixer: 'operator',
  });
}
