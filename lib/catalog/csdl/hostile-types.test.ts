import { expect, test } from 'vitest';
import { buildAdvanced, offerAdvanced } from '#lib/catalog/datasets/advanced-datasets.ts';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { columnNameProblem } from '#lib/domain/dataset/column-name.ts';
import { parseCsdl } from './csdl.ts';
import type { CsdlModel, CsdlStructure } from './csdl-model.ts';

const LONG = 'aPropertyWithANameThatIsFarTooLongForAColumnOfAnyDatabaseThatWeKnowOf';

function modelOf(userProperties: readonly string[]): CsdlModel {
  const property = (name: string, type = 'Edm.String') => `<Property Name="${name}" Type="${type}"/>`;
  return parseCsdl([
    `<Schema Namespace="microsoft.graph">
      <ComplexType Name="item">${property(`${LONG}Item`)}${property('position')}${property('Position')}</ComplexType>
      <EntityType Name="directoryObject"><Key><PropertyRef Name="id"/></Key>${property('id')}</EntityType>
      <EntityType Name="user" BaseType="microsoft.graph.directoryObject">
        ${userProperties.map((name) => property(name)).join('')}
        ${property(`${LONG}Items`, 'Collection(microsoft.graph.item)')}
        <NavigationProperty Name="messages" Type="Collection(microsoft.graph.${LONG})" ContainsTarget="true"/>
      </EntityType>
      <EntityType Name="${LONG}" BaseType="microsoft.graph.directoryObject">${property(LONG)}</EntityType>
      <EntityType Name="group" BaseType="microsoft.graph.directoryObject">${property('displayName')}</EntityType>
      <EntityContainer Name="GraphService">
        <EntitySet Name="users" EntityType="microsoft.graph.user"/><EntitySet Name="groups" EntityType="microsoft.graph.group"/>
      </EntityContainer>
    </Schema>`,
  ]);
}

test('names that no column may have become legal ones that stay the same, and no two are alike', () => {
  const properties = [`${LONG}One`, `${LONG}Two`, 'costCenter', 'CostCenter', 'hdr__row_hash', 'ü'.repeat(60), '_extra', 'Type'];
  const [first, again] = [modelOf(properties), modelOf(properties)].map((model) => buildDatasets(model));
  expect(first?.map(({ name }) => name)).toEqual(expect.arrayContaining(['users', 'groups']));
  expect(first?.some(({ kind }) => kind === 'child')).toBe(true);
  for (const dataset of first ?? []) {
    const names = dataset.columns.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      expect.soft(name.startsWith('hdr__') ? 'reserved' : columnNameProblem(name, names.slice(0, index))).toBeNull();
    }
  }
  expect(again).toEqual(first);
});

test('an unusable type leaves out only its own datasets, and is named', () => {
  const model = modelOf(['displayName']);
  const user = model.entityTypes.get('microsoft.graph.user');
  if (user === undefined) throw new TypeError('no user');
  const bad: CsdlStructure = {
    ...user,
    get properties(): never {
      throw new RangeError('a property without a type');
    },
  };
  const broken = { ...model, entityTypes: new Map([...model.entityTypes, ['microsoft.graph.user', bad]]) };
  const warnings: string[] = [];
  const names = buildDatasets(broken, { onWarning: (message) => warnings.push(message) }).map(({ name }) => name);
  expect(names).toContain('groups');
  expect(names).not.toContain('users');
  expect(warnings).toContainEqual(expect.stringMatching(/users \(microsoft\.graph\.user\).*a property without a type/));
});

test('offers of hostile types can be built', () => {
  const model = modelOf(['displayName']);
  for (const { path } of offerAdvanced(model)) expect(buildAdvanced(model, path)).not.toBeUndefined();
});
