import { z } from 'zod';

export const UpdateMethod = z.enum(['reload-and-compare', 'full-load', 'reload']);
export type UpdateMethod = z.infer<typeof UpdateMethod>;

export const UPDATE_METHOD_LABEL = {
  'reload-and-compare': 'Reload and compare',
  'full-load': 'Full load',
  reload: 'Reload',
} satisfies Record<UpdateMethod, string>;

export const TargetKind = z.enum(['landing', 'lake']);
export type TargetKind = z.infer<typeof TargetKind>;

/** Update methods that a kind of target takes, the default first. */
export const METHODS_OF_TARGET = {
  landing: ['reload-and-compare', 'full-load'],
  lake: ['reload'],
} satisfies Record<TargetKind, readonly UpdateMethod[]>;
