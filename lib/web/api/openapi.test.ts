import { globSync, readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it, vi } from 'vitest';
import { fileOf, ORIGIN } from '../testing/described-api.ts';
import { OPERATIONS } from './all-operations.ts';
import { buildOpenApi } from './openapi.ts';

vi.mock('server-only', () => ({}));

describe('the description of the API', () => {
  it('has every route handler below /api/v1, and no other', () => {
    const handlers = globSync('app/api/v1/**/route.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b/g)].map(
        ([, method]) => `${method} ${file}`,
      ),
    );
    expect(handlers.length).toBeGreaterThan(10);
    expect(OPERATIONS.map(({ method, path }) => `${method} ${fileOf(path)}`).sort()).toEqual(handlers.sort());
  });

  it('is valid OpenAPI 3.1, whose operations have names of their own and say every part of their path', async () => {
    const document = buildOpenApi(OPERATIONS, ORIGIN);
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
    for (const { path, params } of OPERATIONS) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys((params as unknown as { shape: object }).shape), path).toEqual(named);
    }
  });

  it('refers only to schemas that it has', () => {
    const document = buildOpenApi(OPERATIONS, ORIGIN) as { components: { schemas: object } };
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(refs.length).toBeGreaterThan(10);
    expect([...new Set(refs)].filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
  });
});
