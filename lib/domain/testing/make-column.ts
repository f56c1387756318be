import { Column } from '#lib/domain/dataset/dataset.ts';

/** A text column named like its source path, returned by default, selected, not a key. */
export function makeColumn(name: string, over: Partial<Column> = {}): Column {
  return Column.parse({
    name,
    sourcePath: name,
    type: 'string',
    edmType: 'Edm.String',
    nullable: true,
    key: false,
    selected: true,
    returnedByDefault: true,
    description: null,
    ...over,
  });
}
