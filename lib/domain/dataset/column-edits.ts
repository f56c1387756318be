import { typeChoices } from './column-type.ts';
import type { Column, ColumnDto } from './dataset.ts';

/** What a person may change on a column. All else belongs to the source. */
export const EDITABLE_MEMBERS = [
  'name',
  'type',
  'nullable',
  'key',
  'selected',
  'nested',
] as const satisfies readonly (keyof Column)[];

/** Names of the members that differ from what was generated. */
export function editedMembers(column: Column, generated: Column | undefined): readonly string[] {
  return generated === undefined ? [] : EDITABLE_MEMBERS.filter((member) => column[member] !== generated[member]);
}

/** `generated`: the column as it was generated; absent for one that a file or a person brought. */
export function toColumnDto(column: Column, generated: Column | undefined): ColumnDto {
  return {
    ...column,
    typeChoices: typeChoices(column),
    edited: editedMembers(column, generated),
  };
}
