import type { z } from 'zod';
import { legalColumnName } from '#lib/domain/dataset/column-name.ts';
import { Column, type DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { EXTRA_PATH, extraColumn, typeNameColumn } from './build-columns.ts';

/** Type of members, owners and other objects of any kind. */
export const DIRECTORY_OBJECT = 'microsoft.graph.directoryObject';

const TEXT = { type: 'string', edmType: 'Edm.String', nullable: true, key: false, returnedByDefault: true } as const;

/** Columns of a list of objects of any type: id, type, and properties that several types share. */
export function memberColumns(): Column[] {
  const columns: z.input<typeof Column>[] = [
    { ...TEXT, name: 'id', sourcePath: 'id', nullable: false, key: true, selected: true, description: 'Key of the object.' },
    typeNameColumn(true),
    {
      ...TEXT,
      name: 'displayName',
      sourcePath: 'displayName',
      selected: true,
      description: 'Null when the token may not read objects of this kind.',
    },
    { ...TEXT, name: 'userPrincipalName', sourcePath: 'userPrincipalName', selected: false, description: 'Users only.' },
    { ...TEXT, name: 'mail', sourcePath: 'mail', selected: false, description: 'Users, groups and contacts only.' },
    { ...TEXT, name: 'appId', sourcePath: 'appId', selected: false, description: 'Applications and service principals only.' },
    { ...TEXT, name: 'deviceId', sourcePath: 'deviceId', selected: false, description: 'Devices only.' },
  ];
  return [...columns.map((column) => Column.parse(column)), extraColumn(false)];
}

/** Columns of an expanded object (`$expand`), each prefixed with its name. */
export function expandedColumns(navigation: string): Column[] {
  const parts = memberColumns()
    .filter((column) => column.name !== '_extra')
    .map((column) => ({
      ...column,
      name: legalColumnName(`${navigation}_${column.name}`),
      sourcePath: `${navigation}.${column.sourcePath}`,
      key: false,
      nullable: true,
      description: column.sourcePath === 'id' ? 'Empty when the object was deleted.' : column.description,
    }));
  const whole = {
    ...extraColumn(false),
    name: navigation,
    sourcePath: navigation,
    description: 'The whole object as Graph sent it.',
  };
  const extra = extraColumn(false, `${navigation}.${EXTRA_PATH}`);
  return [
    ...parts,
    whole,
    {
      ...extra,
      name: legalColumnName(`${navigation}_extra`),
      description: 'Properties of the object that have no column of their own.',
    },
  ];
}

/** Columns of a row's parent, and of the parent's parent if there is one. */
export function parentColumns({ column, above }: Pick<NonNullable<DatasetDefinition['parent']>, 'column' | 'above'>): Column[] {
  const own = keyColumn(column, '@parent.id');
  return above === undefined ? [own] : [keyColumn(above, '@parent.parent.id'), own];
}

function keyColumn(name: string, sourcePath: string): Column {
  return Column.parse({
    name,
    sourcePath,
    type: 'string',
    edmType: 'Edm.String',
    nullable: false,
    key: true,
    selected: true,
    returnedByDefault: true,
    description: 'Key of the parent of this row.',
  } satisfies z.input<typeof Column>);
}
