import { expect, it } from 'vitest';
import type { z } from 'zod';
import { secretPaths } from '#lib/domain/secret-text.ts';
import { DatasetAssignment, DatasetEvent } from './dataset-assignment.ts';
import { SOURCE_OPERATIONS, SOURCE_STREAMS } from './source-operations.ts';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.entries(SOURCE_OPERATIONS).flatMap(([name, { input, output }]) => [
      [`${name} input`, input],
      [`${name} output`, output],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SOURCE_STREAMS).flatMap(([name, { input, event }]) => [
      [`${name} input`, input],
      [`${name} event`, event],
    ]),
  ),
  'reload a dataset input': DatasetAssignment,
  'reload a dataset event': DatasetEvent,
};

const SETTINGS = ['settings.credential.privateKeyPem', 'settings.credential.secret'];
const CONNECTION = SETTINGS.map((path) => `connection.${path}`);
const MARKED: Readonly<Record<string, readonly string[]>> = {
  'startSignIn input': SETTINGS,
  'startSignIn output': ['codeVerifier'],
  'redeemCode input': ['code', 'codeVerifier', ...SETTINGS],
  'redeemCode output': ['tokenCache'],
  'signInApplication input': SETTINGS,
  'signInApplication output': ['tokenCache'],
  'reload a dataset input': [...CONNECTION, 'target.secrets'],
};

it.each(Object.entries(SCHEMAS))('%s: its secrets are marked, so that a transport can encrypt them', (name, schema) => {
  const expected = MARKED[name] ?? (name.endsWith('input') ? CONNECTION : []);
  expect(secretPaths(schema)).toEqual(expected);
});

it.each(Object.entries(SCHEMAS))('%s: no text that is named like a secret is unmarked', (_, schema) => {
  const marked = new Set(secretPaths(schema));
  expect(namedLikeSecrets(schema).filter((path) => !marked.has(path))).toEqual([]);
});

function namedLikeSecrets(schema: z.ZodType): readonly string[] {
  const found: string[] = [];
  const walk = (node: unknown, path: string): void => {
    const { shape, options, element, innerType } = (node as { readonly def?: Record<string, unknown> }).def ?? {};
    for (const [name, child] of Object.entries((shape ?? {}) as Record<string, unknown>)) {
      const below = path === '' ? name : `${path}.${name}`;
      if (/secrets?$|pem$|verifier$|tokenCache$|password/i.test(name)) found.push(below);
      walk(child, below);
    }
    for (const option of (options ?? []) as readonly unknown[]) walk(option, path);
    for (const inner of [element, innerType]) if (inner !== undefined) walk(inner, path);
  };
  walk(schema, '');
  return found;
}
