import type { UpdateMethod } from '#lib/domain/task/update-method.ts';
import type { UpdateMethod as StoredMethod } from '#prisma/generated/enums.ts';

const FROM_STORED = {
  reload_and_compare: 'reload-and-compare',
  full_load: 'full-load',
  reload: 'reload',
  reload_and_compare_files: 'reload-and-compare-files',
} satisfies Record<StoredMethod, UpdateMethod>;

const TO_STORED = {
  'reload-and-compare': 'reload_and_compare',
  'full-load': 'full_load',
  reload: 'reload',
  'reload-and-compare-files': 'reload_and_compare_files',
} satisfies Record<UpdateMethod, StoredMethod>;

/** Enum values in PostgreSQL's schema have no hyphen. */
export function fromStoredMethod(method: StoredMethod): UpdateMethod {
  return FROM_STORED[method];
}

export function toStoredMethod(method: UpdateMethod): StoredMethod {
  return TO_STORED[method];
}
