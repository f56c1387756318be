import { z } from 'zod';

/** How a column of a dataset differed from its landed table in a run, and what was done about it. */
export const DriftDecision = z.object({
  /**
   * `new`: the table had no such column. `lost`: the dataset has it no more. `retyped`: it had another type. `renamed`: the same property of Graph
   * has another name.
   */
  change: z.enum(['new', 'lost', 'retyped', 'renamed']),
  /** Name in the target; of a renamed column the new one. */
  column: z.string(),
  /** Of a renamed column the old name, of a retyped one the type in the target; null otherwise. */
  from: z.string().nullable(),
  /** Of a retyped column the type that the dataset wants, in the words of the target; null otherwise. */
  to: z.string().nullable(),
  /**
   * `replaced`: the table was made anew with the other type. `kept-type`: values were read as the type of the table. `added-beside`: the old column
   * stays with its values. `stopped`: nothing was read or written.
   */
  action: z.enum([
    'added',
    'left-out',
    'kept',
    'dropped',
    'widened',
    'replaced',
    'kept-type',
    'renamed',
    'added-beside',
    'stopped',
  ]),
});
export type DriftDecision = z.infer<typeof DriftDecision>;

/** `New column jobTitle2 added.` */
export function driftSentence({ column, from, to, action, change }: DriftDecision): string {
  switch (action) {
    case 'added':
      return `New column ${column} added.`;
    case 'left-out':
      return `New column ${column} not landed (setting of the task).`;
    case 'kept':
      return `Column ${column} is no longer read: it was kept and is empty in new rows.`;
    case 'dropped':
      return `Column ${column} is no longer read: it was dropped.`;
    case 'widened':
      return `Type of ${column} widened from ${from} to ${to}.`;
    case 'replaced':
      return `Type of ${column} changed from ${from} to ${to}.`;
    case 'kept-type':
      return `Type of ${column} kept as ${from}; the dataset has ${to}.`;
    case 'renamed':
      return `Column ${from} renamed to ${column}.`;
    case 'added-beside':
      return `Column ${column} added beside ${from}, which keeps its last values.`;
    case 'stopped':
      return `${stoppedWords({ change, column, from, to })}: the dataset was stopped.`;
  }
}

/** `Column jobTitle2 is new`, of a difference at which a dataset stops. */
export function stoppedWords({ change, ...names }: Omit<DriftDecision, 'action'>): string {
  return STOPPED[change](names);
}

type Names = Pick<DriftDecision, 'column' | 'from' | 'to'>;

const STOPPED = {
  new: ({ column }) => `Column ${column} is new`,
  lost: ({ column }) => `Column ${column} is no longer read`,
  retyped: ({ column, from, to }) => `Column ${column} has the type ${from}, and the dataset now has ${to}`,
  renamed: ({ column, from }) => `Column ${from} has the new name ${column}`,
} as const satisfies Record<DriftDecision['change'], (names: Names) => string>;
