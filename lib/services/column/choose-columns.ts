import { columnNameProblem, RESERVED_PREFIX } from '#lib/domain/dataset/column-name.ts';
import { naturalTypeOf, typeChoices } from '#lib/domain/dataset/column-type.ts';
import type { Column, ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';

/** Changes to a column; absent members stay unchanged. */
export interface ColumnChoice {
  readonly sourcePath: string;
  readonly selected?: boolean | undefined;
  readonly name?: string | undefined;
  readonly type?: ColumnType | undefined;
  readonly nullable?: boolean | undefined;
  readonly key?: boolean | undefined;
  readonly nested?: Column['nested'] | undefined;
}

/**
 * The definition with columns selected, renamed and retyped; other columns stay unchanged.
 * @throws InvalidInputError when a column is unknown, a key column is deselected, no column is selected, two have the same name (case-insensitive),
 * or a type
 * would lose values.
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
    return choice === undefined ? column : choose(column, choice);
  });
  checkColumns(columns);
  return { ...definition, columns };
}

function choose(column: Column, choice: ColumnChoice): Column {
  const { type = column.type, key = column.key, nested = column.nested } = choice;
  const allowed = typeChoices(column);
  if (type !== column.type && !allowed.includes(type)) {
    throw refused(
      'type-loses-values',
      `${column.name} has the type ${naturalTypeOf(column)}. With the type ${type} it would lose values.`,
      `Choose one of: ${allowed.join(', ')}.`,
    );
  }
  if (key && type === 'json') {
    throw refused(
      'key-is-nested',
      `${column.name} has nested values, which Entrada cannot compare as a key.`,
      'Choose another column as key.',
    );
  }
  if (nested === 'child' && !column.edmType.startsWith('Collection(')) {
    throw refused('not-a-collection', `${column.name} is not a list, so it can have no child table.`, 'Keep the column as JSON.');
  }
  return {
    ...column,
    ...{ type, key, nested },
    name: choice.name ?? column.name,
    selected: choice.selected ?? column.selected,
    nullable: !key && (choice.nullable ?? column.nullable),
  };
}

/** @throws InvalidInputError when the columns do not make a valid table. */
export function checkColumns(columns: readonly Column[]): void {
  const taken = new Set<string>();
  for (const column of columns) {
    if (column.key && !column.selected) {
      throw refused('key-needed', `${column.name} is the key by which rows are compared.`, 'Select the column again.');
    }
    if (column.name.toLowerCase().startsWith(RESERVED_PREFIX)) {
      throw refused(
        'column-name-reserved',
        `Names that start with ${RESERVED_PREFIX} are reserved for Entrada's own columns.`,
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
    const wrong = columnNameProblem(column.name, []);
    if (wrong !== null) throw refused('column-name-wrong', `${column.name}: ${wrong}`, 'Choose another name.');
    taken.add(column.name.toLowerCase());
  }
  if (!columns.some((column) => column.selected)) {
    throw refused('no-column', 'Select at least one column.', 'Select a column.');
  }
}

function refused(code: ProblemCode, title: string, remedy: string): InvalidInputError {
  return new InvalidInputError({ code, title, remedy, fixer: 'you', field: 'columns' });
}
