import { expect, test } from 'vitest';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import { parseCsdl } from './csdl.ts';
import { diffCsdl, isSameCsdl } from './diff-csdl.ts';

const schema = (body: string) => parseCsdl([`<Schema Namespace="n" Alias="a">${body}</Schema>`]);

test('a document does not differ from itself', () => {
  expect(isSameCsdl(diffCsdl(graphModel, graphModel))).toBe(true);
});

test('types, properties, resources and members that were added, removed or changed are named', () => {
  const before = schema(`
    <EnumType Name="e"><Member Name="one"/><Member Name="two"/></EnumType>
    <EntityType Name="t"><Property Name="same" Type="Edm.String"/><Property Name="went" Type="Edm.String"/><Property Name="changed" Type="Edm.Int32"/></EntityType>
    <EntityType Name="old"><Property Name="p" Type="Edm.String"/></EntityType>
    <EntityContainer Name="S"><EntitySet Name="ts" EntityType="a.t"/><EntitySet Name="olds" EntityType="a.old"/></EntityContainer>`);
  const after = schema(`
    <EnumType Name="e"><Member Name="one"/><Member Name="three"/></EnumType>
    <EntityType Name="t"><Property Name="same" Type="Edm.String"/><Property Name="changed" Type="Edm.Int64"/>
      <NavigationProperty Name="came" Type="Collection(a.t)"/></EntityType>
    <ComplexType Name="new"><Property Name="p" Type="Edm.String"/></ComplexType>
    <EntityContainer Name="S"><EntitySet Name="ts" EntityType="a.t"/><Singleton Name="one" Type="a.t"/></EntityContainer>`);
  expect(diffCsdl(before, after)).toEqual({
    types: { added: ['n.new'], removed: ['n.old'] },
    properties: {
      added: ['n.t/came'],
      removed: ['n.t/went'],
      retyped: [{ name: 'n.t/changed', before: 'Edm.Int32', after: 'Edm.Int64' }],
    },
    resources: { added: ['one'], removed: ['olds'], retyped: [] },
    enumMembers: { added: ['n.e/three'], removed: ['n.e/two'] },
  });
});
