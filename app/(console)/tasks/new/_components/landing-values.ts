import type { DriftSettings } from '#lib/domain/task/drift-settings.ts';
import type { NamesSettings } from '#lib/domain/task/landing-names.ts';
import type { PublishMode, RelationKeys, TaskTarget } from '#lib/domain/task/task.ts';

/** The landing options as they are typed. */
export interface LandingValues {
  readonly columnNames: NamesSettings['columns'];
  readonly tablePrefix: string;
  /** A rule a line: `users = people`, `users.mail = e_mail`, `*.id = entra_id`. */
  readonly renames: string;
  readonly softDelete: boolean;
  readonly publish: PublishMode;
  readonly relationKeys: RelationKeys;
  readonly relationshipViews: boolean;
  readonly drift: DriftSettings;
}

export const FIRST_LANDING_VALUES = {
  columnNames: 'camelCase',
  tablePrefix: '',
  renames: '',
  softDelete: false,
  publish: 'each',
  relationKeys: 'none',
  relationshipViews: false,
  drift: { new: 'add', lost: 'keep', retyped: 'widen', renamed: 'add' },
} as const satisfies LandingValues;

export function landingValuesOf({ settings }: TaskTarget): LandingValues {
  const { columns, tablePrefix, renames } = settings.names;
  const lines = renames.map(({ dataset, column, to }) => `${column === null ? dataset : `${dataset}.${column}`} = ${to}`);
  const { softDelete, relationKeys, relationshipViews } = 'softDelete' in settings ? settings : FIRST_LANDING_VALUES;
  const { publish, drift } = settings;
  const names = { columnNames: columns, tablePrefix, renames: lines.join('\n') };
  return { ...names, softDelete, publish, relationKeys, relationshipViews, drift };
}

/** As far as it can be read; what cannot is refused by the schema. */
export function namesOf({ columnNames, tablePrefix, renames }: LandingValues): unknown {
  const lines = renames.split('\n').filter((line) => line.trim() !== '');
  return { columns: columnNames, tablePrefix, renames: lines.map(ruleOf) };
}

/** A dataset has no dot in its name; a column may. */
function ruleOf(line: string): unknown {
  const [, dataset, column = null, to] = /^\s*([^.=\s]+)(?:\.([^=]+?))?\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  return { dataset: dataset ?? '', column, to: to ?? '' };
}
