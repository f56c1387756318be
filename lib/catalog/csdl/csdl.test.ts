import { expect, test } from 'vitest';
import { graphCsdl, graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import { hashCsdl, parseCsdl } from './csdl.ts';
import { type CsdlModel, flattenType } from './csdl-model.ts';

const structures = [...graphModel.entityTypes.values(), ...graphModel.complexTypes.values()];
const enums = [...graphModel.enumTypes.values()];

function wrap(body: string, namespace = 'a.b', alias = 'x'): string {
  return `<edmx:Edmx Version="4.0" xmlns:edmx="e"><edmx:DataServices><Schema Namespace="${namespace}" Alias="${alias}">${body}</Schema></edmx:DataServices></edmx:Edmx>`;
}

const SMALL = wrap(`
  <EnumType Name="level" IsFlags="true"><Member Name="low" Value="1"/><Member Name="high" Value="2"/></EnumType>
  <TypeDefinition Name="weight" UnderlyingType="Edm.Decimal"/>
  <ComplexType Name="c" OpenType="true"><Property Name="über" Type="Edm.String"/></ComplexType>
  <EntityType Name="t" BaseType="x.u" Abstract="false">
    <Property Name="p" Type="Collection(x.c)"><Annotation Term="Org.OData.Core.V1.Computed"/></Property>
    <NavigationProperty Name="kids" Type="Collection(a.b.t)" ContainsTarget="true"/>
  </EntityType>
  <EntityType Name="u" Abstract="true"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>
  <Function Name="delta" IsBound="true"><Parameter Name="bindingParameter" Type="Collection(x.t)"/><ReturnType Type="Collection(x.t)"/></Function>
  <EntityContainer Name="Service"><EntitySet Name="ts" EntityType="x.t"/><Singleton Name="one" Type="x.t"/></EntityContainer>
  <Annotations Target="x.t/p"><Annotation Term="Org.OData.Core.V1.Description" String="A &amp; B"/></Annotations>
  <Annotations Target="x.Service/ts">
    <Annotation Term="Org.OData.Capabilities.V1.TopSupported" Bool="false"/>
    <Annotation Term="Org.OData.Capabilities.V1.FilterRestrictions">
      <Record><PropertyValue Property="Filterable" Bool="true"/>
        <PropertyValue Property="NonFilterableProperties"><Collection><PropertyPath>p</PropertyPath></Collection></PropertyValue></Record>
    </Annotation>
  </Annotations>`);

test('the real v1.0 document is understood whole', () => {
  expect(graphModel.warnings).toEqual([]);
});

test('the real v1.0 document has the types and resources that Graph publishes', () => {
  expect({
    entityTypes: graphModel.entityTypes.size,
    complexTypes: graphModel.complexTypes.size,
    enumTypes: graphModel.enumTypes.size,
    entitySets: graphModel.entitySets.size,
    singletons: graphModel.singletons.size,
    schemas: graphModel.schemas.length,
    ofMainSchema: [...graphModel.entityTypes.keys()].filter((name) => /^microsoft\.graph\.[^.]+$/.test(name)).length,
    open: structures.filter((type) => type.open).length,
    abstract: structures.filter((type) => type.abstract).length,
    flagEnums: enums.filter((type) => type.flags).length,
    evolvableEnums: enums.filter((type) => type.members.includes('unknownFutureValue')).length,
  }).toEqual({
    entityTypes: 1182,
    complexTypes: 1780,
    enumTypes: 861,
    entitySets: 40,
    singletons: 30,
    schemas: 11,
    ofMainSchema: 1031,
    open: 535,
    abstract: 183,
    flagEnums: 64,
    evolvableEnums: 629,
  });
});

test.each([
  ['String', 3834],
  ['Boolean', 1476],
  ['DateTimeOffset', 779],
  ['Int32', 744],
  ['Int64', 158],
  ['Double', 110],
  ['Duration', 54],
  ['Guid', 45],
  ['Single', 40],
  ['Untyped', 35],
  ['Binary', 34],
  ['Stream', 25],
  ['Date', 18],
  ['TimeOfDay', 17],
])('the real v1.0 document has the properties of type %s', (primitive, count) => {
  const properties = structures.flatMap((type) => type.properties);
  expect(properties.filter((property) => property.type === `Edm.${primitive}`).length).toBe(count);
});

test.each([
  ['user', 81, 56],
  ['group', 53, 28],
  ['device', 32, null],
  ['application', 44, null],
  ['servicePrincipal', 38, null],
  ['signIn', 30, null],
])('%s has its %i properties, inherited ones included', (name, properties, navigation) => {
  const type = flattenType(graphModel, `microsoft.graph.${name}`);
  expect(type?.key).toEqual(['id']);
  expect(type?.properties.length).toBe(properties);
  if (navigation !== null) expect(type?.navigation.length).toBe(navigation);
});

test('collections with a delta function are known, and what annotations deny', () => {
  expect(graphModel.deltaTypes.has('microsoft.graph.user')).toBe(true);
  expect(graphModel.deltaTypes.has('microsoft.graph.signIn')).toBe(false);
  expect(graphModel.annotations.get('microsoft.graph.subscribedSku')).toMatchObject({
    'Org.OData.Capabilities.V1.TopSupported': false,
    'Org.OData.Capabilities.V1.SelectSupport': { Supported: false },
  });
  expect(graphModel.annotations.get('microsoft.graph.GraphService/users')?.['Org.OData.Capabilities.V1.SkipSupported']).toBe(
    false,
  );
});

test('every part of a document is in the model, aliases replaced', () => {
  const model = parseCsdl([SMALL]);
  expect(model.warnings).toEqual([]);
  expect(flattenType(model, 'a.b.t')).toEqual({
    name: 'a.b.t',
    key: ['id'],
    properties: [
      { name: 'id', type: 'Edm.String', nullable: false },
      { name: 'p', type: 'Collection(a.b.c)', nullable: true },
    ],
    navigation: [{ name: 'kids', type: 'Collection(a.b.t)', nullable: true, contained: true }],
    open: false,
    abstract: false,
  });
  expect(flattenType(model, 'a.b.c')).toMatchObject({ open: true, properties: [{ name: 'über', type: 'Edm.String' }] });
  expect(model.enumTypes.get('a.b.level')).toMatchObject({ members: ['low', 'high'], flags: true });
  expect(model.typeDefinitions.get('a.b.weight')).toBe('Edm.Decimal');
  expect([...model.entitySets.values(), ...model.singletons.values()]).toEqual([
    { name: 'ts', type: 'a.b.t' },
    { name: 'one', type: 'a.b.t' },
  ]);
  expect([...model.deltaTypes]).toEqual(['a.b.t']);
  expect(model.annotations.get('a.b.t/p')).toEqual({
    'Org.OData.Core.V1.Computed': true,
    'Org.OData.Core.V1.Description': 'A & B',
  });
  expect(model.annotations.get('a.b.Service/ts')).toEqual({
    'Org.OData.Capabilities.V1.TopSupported': false,
    'Org.OData.Capabilities.V1.FilterRestrictions': { Filterable: true, NonFilterableProperties: ['p'] },
  });
});

test('bytes and text in chunks of any size give the same model, with and without byte order mark', () => {
  const whole = parseCsdl([SMALL]);
  const bytes = Buffer.from(`\uFEFF${SMALL}`);
  for (const size of [1, 2, 3, 7, 1000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    expect(parseCsdl(chunks)).toEqual(whole);
  }
  expect(parseCsdl(SMALL)).toEqual(whole);
  expect(parseCsdl([`\uFEFF${SMALL}`])).toEqual(whole);
});

test('a document cut anywhere is used as far as it goes, and says so', () => {
  for (const share of [0.2, 0.5, 0.9]) {
    const model = parseCsdl([graphCsdl.subarray(0, Math.floor(graphCsdl.length * share))]);
    expect(model.warnings.some(({ code, message }) => code === 'xml' && message.includes('ends inside'))).toBe(true);
    expect(model.enumTypes.size).toBeGreaterThan(100);
  }
  expect(parseCsdl([]).warnings).toMatchObject([{ code: 'xml', message: /no <Schema>/ }]);
  expect(parseCsdl(['<html><body>Proxy error']).warnings.length).toBeGreaterThan(0);
});

const ENTITY_ID = '<Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String"/>';

test.each<[string, string, CsdlModel['warnings'][number]['code'], RegExp]>([
  ['an unknown base type', '<EntityType Name="t" BaseType="x.gone"/>', 'base-type', /a\.b\.t derives from a\.b\.gone/],
  [
    'types that derive from each other',
    '<EntityType Name="t" BaseType="x.u"/><EntityType Name="u" BaseType="x.t"/>',
    'cycle',
    /itself/,
  ],
  ['a type that derives from itself', '<EntityType Name="t" BaseType="x.t"/>', 'cycle', /itself/],
  [
    'an unknown property type',
    '<EntityType Name="t"><Property Name="p" Type="Collection(x.gone)"/></EntityType>',
    'type',
    /t\/p has the type a\.b\.gone/,
  ],
  ['a property without a type', '<EntityType Name="t"><Property Name="p"/></EntityType>', 'xml', /p without a type/],
  ['a type without a name', '<EntityType><Property Name="p" Type="Edm.String"/></EntityType>', 'xml', /without a name/],
  ['a type declared twice', '<EntityType Name="t"/><EntityType Name="t"/>', 'duplicate', /a\.b\.t is declared twice/],
  [
    'a collection of an unknown type',
    '<EntityContainer Name="S"><EntitySet Name="s" EntityType="x.gone"/></EntityContainer>',
    'resource',
    /s has the type a\.b\.gone/,
  ],
  [
    'a collection without a key',
    '<EntityType Name="t"/><EntityContainer Name="S"><EntitySet Name="s" EntityType="x.t"/></EntityContainer>',
    'key',
    /no key/,
  ],
  [
    'an element of a later version',
    '<EntityType Name="t"><Shiny><Property Name="q" Type="Edm.String"/></Shiny></EntityType>',
    'element',
    /<Shiny>/,
  ],
  ['markup that is not well-formed', '<EntityType Name="t" BaseType=x.u></EntityType>', 'xml', /./],
])('%s is reported with its place, and the rest is read', (_, body, code, message) => {
  const model = parseCsdl([wrap(`\n${body}\n<EntityType Name="rest">${ENTITY_ID}</EntityType>`)]);
  const warning = model.warnings.find((candidate) => candidate.code === code);
  expect(warning?.message).toMatch(message);
  expect(warning?.line).toBe(2);
  expect(flattenType(model, 'a.b.rest')?.key).toEqual(['id']);
  expect(flattenType(model, 'a.b.t')?.properties.map(({ name }) => name) ?? []).not.toContain('q');
});

test('the hash differs for different documents and does not depend on chunks', () => {
  expect(hashCsdl(['ab', 'c'])).toBe(hashCsdl([Buffer.from('abc')]));
  expect(hashCsdl(['abc'])).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hashCsdl(['abd'])).not.toBe(hashCsdl(['abc']));
});
