import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';

export interface ColumnChoice {
  readonly sourcePath: string;
  readonly selected: boolean;
  readonly name?: string | undefined;
}

/** Names that Entrada's own columns of landed tables begin with. */
const RESERVED_PREFIX = 'hdr__';

/**
 * A definition with columns chosen and renamed; columns that aren't mentioned stay as they are.
 * @throws InvalidInputError when a column is unknown, a key is left out, nothing is chosen, or two have one name (case-insensitive).
 */
export function chooseColumns(definition: DatasetDefinition, choices: readonly ColumnChoice[]): DatasetDefinition {
  const bySource = new Map(choices.map((choice) => [choice.sourcePath, choice]));
  for (const choice of choices) {
    if (!definition.columns.some((column) => column.sourcePath === choice.sourcePath)) {
      throw refused('unknown-column', `${definition.title} has no column ${choice.sourcePath}.`, 'Load the page again.');
    }
  }
  const columns = definition.columns.map((column): Column => {
    const choice = bySource.get(column.sourcePath);
    return choice === undefined ? column : { ...column, selected: choice.selected, name: choice.name ?? column.name };
  });
  const taken = new Set<string>();
  for (const column of columns) {
    if (column.key && !column.selected) {
      throw refused('key-needed', `${column.name} is the key that rows are compared by.`, 'Leave it selected.');
    }
    if (column.name.toLowerCase().startsWith(RESERVED_PREFIX)) {
      throw refused(
        'column-name-reserved',
        `Names with ${RESERVED_PREFIX} are for Entrada's own columns.`,
        'Choose another name.',
      );
    }
    if (taken.has(column.name.toLowerCase())) {
      throw refused(
        'column-name-taken',
        `Two columns would have the name ${column.name}.`,
        'Choose another name for one of them.',
      );
    }
    taken.add(column.name.toLowerCase());
  }
  if (!columns.some((column) => column.selected)) {
    throw refused('no-column', 'At least one column is needed.', 'Select a column.');
  }
  return { ...definition, columns };
}

function refused(code: string, title: string, remedy: string): InvalidInputError {
  return new InvalidInputError({ code, title, remedy, fixer: 'you', field: 'columns' });
}
