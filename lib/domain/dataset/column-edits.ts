import { typeChoices } from './column-type.ts';
import type { Column, ColumnDto } from './dataset.ts';

/** Members of a column that a person may change. All others come from the source. */
export const EDITABLE_MEMBERS = [
  'name',
  'type',
  'nullable',
  'key',
  'selected',
  'nested',
] as const satisfies readonly (keyof Column)[];

/** Names of the members that differ from the generated column. */
export function editedMembers(column: Column, generated: Column | undefined): readonly string[] {
  return generated === undefined ? [] : EDITABLE_MEMBERS.filter((member) => column[member] !== generated[member]);
}

/** `generated`: the column as it was generated; absent for a column from a file or a person. */
export function toColumnDto(column: Column, generated: Column | undefined): ColumnDto {
  return {
    ...column,
    typeChoices: typeChoices(column),
    edited: editedMembers(column, generated),
  };
}
