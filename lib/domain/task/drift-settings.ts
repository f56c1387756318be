import { z } from 'zod';

/** What happens when the columns of a dataset are no longer those of its landed table (schema drift). */
export const DriftSettings = z.object({
  /** A column that the table lacks: add it, leave it out, or stop the dataset. */
  new: z.enum(['add', 'ignore', 'stop']).default('add'),
  /** A column of the table that the dataset has no more: keep it, drop it, or stop. A table that is made anew does not have it. */
  lost: z.enum(['keep', 'drop', 'stop']).default('keep'),
  /** A column of another type: change the type of the table where no value is lost, keep it, or stop. */
  retyped: z.enum(['widen', 'keep', 'stop']).default('widen'),
  /** A property whose column has another name: add the new column beside the old one, rename that, or stop. */
  renamed: z.enum(['add', 'rename', 'stop']).default('add'),
});
export type DriftSettings = z.infer<typeof DriftSettings>;

export type DriftChange = keyof DriftSettings;

/** Labels of the four settings, as the form, the task and problems name them. */
export const DRIFT_LABEL = {
  new: 'New columns',
  lost: 'Lost columns',
  retyped: 'Retyped columns',
  renamed: 'Renamed columns',
} as const satisfies Record<DriftChange, string>;

export type DriftChoices = { readonly [Change in DriftChange]: readonly (readonly [DriftSettings[Change], string])[] };

/** The choices for a table that stays, and their labels. */
export const DRIFT_CHOICES: DriftChoices = {
  new: [
    ['add', 'Add the column'],
    ['ignore', 'Do not land it'],
    ['stop', 'Stop the dataset'],
  ],
  lost: [
    ['keep', 'Keep the column'],
    ['drop', 'Drop the column'],
    ['stop', 'Stop the dataset'],
  ],
  retyped: [
    ['widen', 'Change the type'],
    ['keep', 'Keep the type'],
    ['stop', 'Stop the dataset'],
  ],
  renamed: [
    ['add', 'Add beside the old one'],
    ['rename', 'Rename the column'],
    ['stop', 'Stop the dataset'],
  ],
};

/** The choices for a table or version that each run makes anew: nothing of the old columns can stay. */
export const REPLACED_TABLE_DRIFT_CHOICES: DriftChoices = {
  new: DRIFT_CHOICES.new,
  lost: [
    ['keep', 'Leave it out'],
    ['stop', 'Stop the dataset'],
  ],
  retyped: [
    ['widen', 'Take the new type'],
    ['keep', 'Keep the type'],
    ['stop', 'Stop the dataset'],
  ],
  renamed: [
    ['add', 'Use the new name'],
    ['stop', 'Stop the dataset'],
  ],
};

/** `New: add the column`, one line for each change. */
export function driftInWords(drift: DriftSettings, choices: DriftChoices): readonly string[] {
  const line = <Change extends DriftChange>(change: Change): string => {
    const [, label] = shownDriftChoice(change, drift[change], choices);
    return `${DRIFT_LABEL[change].replace(' columns', '')}: ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  };
  return [line('new'), line('lost'), line('retyped'), line('renamed')];
}

/** The setting as these choices have it: what has no choice of its own does what the first one does. */
export function shownDriftChoice<Change extends DriftChange>(
  change: Change,
  setting: DriftSettings[Change],
  choices: DriftChoices,
): readonly [DriftSettings[Change], string] {
  const [first, ...others] = choices[change];
  return others.find(([value]) => value === setting) ?? first ?? [setting, setting];
}
