import { expect, onTestFinished, test } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { fillPath, joinKeys, splitKeys } from '#lib/source/parent-path.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

type Row = Readonly<Record<string, unknown>>;

const SCOPES = 'AccessReview.Read.All';
const DECISIONS = buildDatasets(graphModel).find(({ name }) => name === 'access_review_decisions') as DatasetDefinition;
const HOME = '/identityGovernance/accessReviews/definitions';

function open() {
  const rig = createGraphRig(20);
  onTestFinished(rig.close);
  const { graph, asked } = rigGraph(rig, { scopes: SCOPES });
  const list = async (path: string): Promise<readonly (Row & { readonly id: string })[]> =>
    (await rig.call(path, { scopes: SCOPES })).json.value;
  return { source: sourceOf(graph), asked, list };
}

async function readAll(source: ReturnType<typeof sourceOf>, cursor: string | null = null) {
  const rows: Row[] = [];
  const cursors: (string | null)[] = [];
  for await (const page of source.read(DECISIONS, { cursor, signal: new AbortController().signal })) {
    rows.push(...(JSON.parse(Buffer.from(page.body).toString('utf8')) as { value: Row[] }).value);
    cursors.push(page.cursor);
  }
  return { rows, cursors };
}

test('rows two objects deep carry the keys of both', async () => {
  const { source, list } = open();
  const expected: string[] = [];
  for (const { id: definition } of await list(HOME)) {
    for (const { id: instance } of await list(`${HOME}/${definition}/instances`)) {
      for (const { id } of await list(`${HOME}/${definition}/instances/${instance}/decisions`))
        expected.push([definition, instance, id].join());
    }
  }
  const { rows, cursors } = await readAll(source);
  expect(expected.length).toBeGreaterThan(5);
  expect(rows.map((row) => [row['@parent.parent.id'], row['@parent.id'], row['id']].join()).sort()).toEqual(expected.sort());
  expect(cursors.at(-1)).toBeNull();
});

test('reading goes on in the middle of them', async () => {
  const { source, list } = open();
  const [definition] = await list(HOME);
  const [instance] = await list(`${HOME}/${definition?.id}/instances`);
  const key = joinKeys(definition?.id ?? '', instance?.id ?? '');
  const { rows } = await readAll(source, JSON.stringify({ remaining: [key], nextUrl: null }));
  expect(new Set(rows.map((row) => row['@parent.id']))).toEqual(new Set([instance?.id]));
});

test('keys keep apart whatever they hold', () => {
  expect(splitKeys(joinKeys('a/b c', 'ü%2F'))).toEqual(['a/b c', 'ü%2F']);
  expect(fillPath('/x/{id}/y/{id}/z', joinKeys('a/b', 'c'))).toBe('/x/a%2Fb/y/c/z');
  expect(fillPath('/x/{id}/y', 'a/b')).toBe('/x/a%2Fb/y');
});
