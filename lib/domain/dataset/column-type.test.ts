import { describe, expect, it } from 'vitest';
import { naturalTypeOf, typeChoices } from './column-type.ts';

describe('the type of a column', () => {
  it.each([
    ['Edm.Int64', null, 'int64'],
    ['microsoft.graph.riskLevel', ['low', 'high'], 'string'],
    ['microsoft.graph.passwordProfile', null, 'json'],
    ['Collection(Edm.String)', null, 'json'],
    ['Collection(microsoft.graph.riskLevel)', ['low'], 'json'],
  ] as const)('%s is %s by itself', (edmType, enumValues, type) => {
    expect(naturalTypeOf({ edmType, enumValues: enumValues === null ? null : [...enumValues] })).toBe(type);
  });

  it('can be changed only to what loses nothing', () => {
    expect(typeChoices({ edmType: 'Edm.Int32', enumValues: null, type: 'int32' })).toEqual([
      'int32',
      'int64',
      'decimal',
      'double',
      'string',
    ]);
    // 2^53 + 1 has no double.
    expect(typeChoices({ edmType: 'Edm.Int64', enumValues: null, type: 'int64' })).toEqual(['int64', 'decimal', 'string']);
    expect(typeChoices({ edmType: 'Edm.String', enumValues: null, type: 'string' })).toEqual(['string']);
  });

  it('can be changed back', () => {
    expect(typeChoices({ edmType: 'Edm.Int32', enumValues: null, type: 'string' })).toContain('int32');
  });

  it('keeps one that came from elsewhere among the choices', () => {
    expect(typeChoices({ edmType: 'Edm.String', enumValues: null, type: 'date' })).toEqual(['date', 'string']);
  });
});
