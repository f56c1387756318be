import type { Column } from '#lib/domain/dataset/dataset.ts';

/** Whether a column needs a permission or a licence of its own, e.g. signInActivity. */
export function needsOwnPermission({ permission, licence }: Pick<Column, 'permission' | 'licence'>): boolean {
  return permission !== null || licence !== null;
}
