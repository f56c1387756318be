import { describe, expect, it } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { probeDataset } from '#lib/source/access/probe.ts';
import { sampleOne } from '#lib/source/metadata/sampling/sample-metadata.ts';

const DATASETS = buildDatasets(graphModel);
const find = (name: string) => DATASETS.find((dataset) => dataset.name === name) as DatasetDefinition;
const NAMES = ['users', 'group_members', 'access_review_decisions', 'authorization_policy', 'sign_ins'];

const JSON_TYPE = 'application/json';
const HTML = '<!DOCTYPE html><html><body>Sign in to the network</body></html>';

/** Bodies that the documentation of Graph does not have, each with the status 200. */
const BODIES = {
  'a page of HTML': { type: 'text/html', text: HTML },
  'HTML under the type of JSON': { type: JSON_TYPE, text: HTML },
  'an empty body': { type: JSON_TYPE, text: '' },
  'null instead of an object': { type: JSON_TYPE, text: 'null' },
  'a text instead of an object': { type: JSON_TYPE, text: '"hello"' },
  'a list instead of an object': { type: JSON_TYPE, text: '[1,2]' },
  'a list that is an object': { type: JSON_TYPE, text: '{"value":{"id":"1"}}' },
  'rows that are null': { type: JSON_TYPE, text: '{"value":[null,{"id":"1"},null]}' },
  'rows that are numbers': { type: JSON_TYPE, text: '{"value":[1,2]}' },
  'a row without its key': { type: JSON_TYPE, text: '{"value":[{"displayName":"x"},{"id":"1"}]}' },
  'a key that is a number': { type: JSON_TYPE, text: '{"value":[{"id":7}]}' },
  'no row': { type: JSON_TYPE, text: '{"value":[]}' },
  'half a body': { type: JSON_TYPE, text: '{"value":[{"id":"1"' },
} as const;

/** A Graph that answers everything with one body. */
function graphThatSays({ type, text }: { readonly type: string; readonly text: string }) {
  let now = 0;
  return createGraphClient({
    http: {
      send: async ({ url, body }) => {
        const answer = url.endsWith('/$batch') ? inBatch(text, String(body)) : text;
        return { status: 200, headers: { 'content-type': type }, body: Buffer.from(answer) };
      },
      close: async () => undefined,
    },
    // Waits cost no time, and count all the same.
    clock: { now: () => new Date(now) },
    baseUrl: 'https://localhost:1/v1.0',
    accessToken: async () => 'token',
    wait: async (ms) => {
      now += ms;
    },
  });
}

/** The envelope is as documented, the body of each item is not. */
function inBatch(text: string, asked: string): string {
  const { requests } = JSON.parse(asked) as { requests: readonly { readonly id: string }[] };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = text;
  }
  return JSON.stringify({ responses: requests.map(({ id }) => ({ id, status: 200, body })) });
}

const CASES = Object.entries(BODIES).flatMap(([what, body]) => NAMES.map((name) => [what, name, body] as const));

describe('an answer that nobody foresaw', () => {
  it.each(CASES)('%s is a result of Check access, with words: %s', async (_, name, body) => {
    const ask = { graph: graphThatSays(body), dataset: find(name), granted: new Set<string>(), needed: [] };
    const { access, reason } = await probeDataset(ask, new AbortController().signal);
    expect(['granted', 'unknown']).toContain(access);
    if (access === 'unknown') expect(reason).toMatch(/\w+ \w+/);
  });

  it.each(CASES)('%s is a result of sampling, with words: %s', async (_, name, body) => {
    const options = { rows: 20, permissions: [], signal: new AbortController().signal };
    const result = await sampleOne({ graph: graphThatSays(body), dataset: find(name), extra: [], options });
    expect(result.rows).toBeGreaterThanOrEqual(0);
    if (result.problem !== null) expect(result.problem).toMatch(/\w+ \w+/);
  });

  it('of which one parent has no key: the others are asked', async () => {
    const ask = { dataset: find('group_members'), granted: new Set<string>(), needed: [] };
    const graph = graphThatSays(BODIES['a row without its key']);
    expect(await probeDataset({ ...ask, graph }, new AbortController().signal)).toMatchObject({ access: 'granted' });
  });

  it('does not hide that the probe was stopped', async () => {
    const ask = {
      graph: graphThatSays(BODIES['a page of HTML']),
      dataset: find('users'),
      granted: new Set<string>(),
      needed: [],
    };
    await expect(probeDataset(ask, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
