import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { breakingChanges, type JsonSchema, wireSchemas } from './testing/wire-schemas.ts';
import { PROTOCOL_VERSION } from './version.ts';

/** One folder per minor version, one file per message. Before the first release of a version: delete a file and run this test to write it again. */
const GOLDEN = join(import.meta.dirname, 'testdata', 'wire');
const current = wireSchemas();
const text = (schema: JsonSchema) => `${JSON.stringify(schema, null, 1)}\n`;

describe('the wire schema', () => {
  it.each([...current])('has a golden file of %s', async (name, schema) => {
    const file = join(GOLDEN, PROTOCOL_VERSION, `${name}.json`);
    if (!existsSync(file)) await expect(text(schema)).toMatchFileSnapshot(file);
  });

  it.each(existsSync(GOLDEN) ? readdirSync(GOLDEN) : [])('of this version breaks no peer of %s', (version) => {
    const folder = join(GOLDEN, version);
    const broken = readdirSync(folder).flatMap((file) => {
      const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonSchema;
      const name = file.replace(/\.json$/, '');
      return breakingChanges(golden, current.get(name) ?? null, name);
    });
    expect(broken).toEqual([]);
  });
});

describe('breakingChanges', () => {
  const before = z.object({ id: z.string(), kind: z.enum(['a', 'b']), at: z.object({ n: z.number() }).optional() });
  const changes = (now: z.ZodType) => breakingChanges(z.toJSONSchema(before), z.toJSONSchema(now));

  it('lets an optional field be added, at any depth', () => {
    expect(changes(before)).toEqual([]);
    const at = z.object({ n: z.number(), unit: z.string().optional() });
    expect(changes(before.extend({ note: z.string().optional(), at: at.optional() }))).toEqual([]);
  });

  it.each<[string, z.ZodType, string]>([
    ['a field that is gone', before.omit({ id: true }), '$.id: is gone'],
    ['a new required field', before.extend({ more: z.string() }), '$.more: became required'],
    ['a field that need not be sent any more', before.partial({ id: true }), '$.id: is no longer required'],
    ['another type', before.extend({ id: z.number() }), '$.id.type: "string" became "number"'],
    ['a further member of an enum', before.extend({ kind: z.enum(['a', 'b', 'c']) }), '$.kind.enum: 2 members became 3'],
    ['a change deep inside', before.extend({ at: z.object({}).optional() }), '$.at.n: is gone'],
  ])('finds %s', (_what, now, found) => {
    expect(changes(now)).toContain(found);
  });
});
