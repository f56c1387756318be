import { expect, it } from 'vitest';
import { type DifferenceDto, DifferenceKind } from '#lib/domain/metadata/metadata.ts';
import { byDataset, decisionChoices, defaultDecisions, differenceMessage } from './difference-messages.ts';

function difference(kind: DifferenceKind, datasetName = 'users'): DifferenceDto {
  return {
    id: `diff_${kind}`,
    kind,
    datasetId: 'ds_users',
    datasetName,
    sourcePath: kind.startsWith('column') ? 'city' : null,
    before: 'string',
    after: 'int32',
    source: 'metadata',
    foundAt: '2026-11-25T00:00:00.000Z',
    tasks: [],
  } as DifferenceDto;
}

const all = DifferenceKind.options.map((kind) => difference(kind));

it('every difference has its own message', () => {
  expect(new Set(all.map(differenceMessage)).size).toBe(all.length);
  expect(differenceMessage(difference('column-retyped'))).toBe('Column city had the type string, and now has int32');
});

it.each(DifferenceKind.options)('%s has a label for each of its decisions', (kind) => {
  expect(decisionChoices(kind).every(({ decision, label }) => label !== decision)).toBe(true);
});

it('the harmless decision removes and retypes nothing', () => {
  expect(defaultDecisions(all).map(({ decision }) => decision)).toEqual(['accept', 'keep', 'accept', 'keep', 'keep']);
});

it('differences stand together by dataset', () => {
  const groups = byDataset([difference('column-new'), difference('column-gone', 'groups'), difference('dataset-gone')]);
  expect(groups.map(({ dataset, differences }) => [dataset, differences.length])).toEqual([
    ['users', 2],
    ['groups', 1],
  ]);
});
