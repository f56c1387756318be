import { cpSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { removeDuplicates } from './duplicates.ts';
import { Stage } from './stage.ts';

function page(body: string | Uint8Array, cursor: string | null = null): Page {
  return { body: Buffer.from(body), cursor, requests: 1, throttledMs: 0 };
}

async function openStage(columns: Record<string, ColumnType>, dir = join(temporaryFolder(), 'stage')): Promise<Stage> {
  const stage = await Stage.open({ dir, columns: fakeDataset(columns).columns, signature: 'test' });
  onTestFinished(() => stage.close());
  return stage;
}

/** The value of one property after staging, as text; null stays null. */
async function stageOne(type: ColumnType, json: string): Promise<unknown> {
  const stage = await openStage({ v: type });
  await stage.writer.append([page(`{"value":[${json === 'missing' ? '{}' : `{"v":${json}}`}]}`)]);
  const [row] = await stage.staged.query(
    type === 'binary' ? 'SELECT hex(v) FROM staged' : 'SELECT CAST(v AS VARCHAR) FROM staged',
  );
  return row?.[0];
}

describe('values arrive as Graph sent them', () => {
  test.each<[ColumnType, string, unknown]>([
    ['string', '"Ünïcødé 漢字 🙂 עברית"', 'Ünïcødé 漢字 🙂 עברית'],
    ['string', String.raw`"\ud83d\ude42 \u00e9 \" \\ \/ \n\t"`, '🙂 é " \\ / \n\t'],
    ['string', `"'; DROP TABLE users; -- \\\\."`, `'; DROP TABLE users; -- \\.`],
    ['string', '""', ''],
    ['string', '"null"', 'null'],
    ['string', '12.50', '12.5'],
    ['string', '{"a":[1, 2]}', '{"a":[1,2]}'],
    ['string', 'null', null],
    ['string', 'missing', null],
    ['boolean', 'true', 'true'],
    ['boolean', 'false', 'false'],
    ['int32', '-2147483648', '-2147483648'],
    ['int64', '9223372036854775807', '9223372036854775807'],
    ['int64', '"9007199254740993"', '9007199254740993'],
    ['int64', '5.0', '5'],
    ['double', '0.1', '0.1'],
    ['double', '"-INF"', '-inf'],
    ['decimal', '12345678901234567890123', '12345678901234567890123'],
    ['decimal', '"0.12345678901234567890"', '0.12345678901234567890'],
    ['dateTimeOffset', '"2024-02-29T12:34:56.1234567Z"', '2024-02-29 12:34:56.123456+00'],
    ['dateTimeOffset', '"2024-01-01T23:59:59.9999999Z"', '2024-01-01 23:59:59.999999+00'],
    ['dateTimeOffset', '"0001-01-01T00:00:00Z"', '0001-01-01 00:00:00+00'],
    ['dateTimeOffset', '"9999-12-31T23:59:59.9999999Z"', '9999-12-31 23:59:59.999999+00'],
    ['dateTimeOffset', '"2024-01-01T01:00:00+02:00"', '2023-12-31 23:00:00+00'],
    ['dateTimeOffset', '"2024-01-01T00:00Z"', '2024-01-01 00:00:00+00'],
    ['dateTimeOffset', 'null', null],
    ['date', '"0001-01-01"', '0001-01-01'],
    ['timeOfDay', '"23:59:59.9999999"', '23:59:59.999999'],
    ['duration', '"P3DT4H"', 'P3DT4H'],
    ['guid', '"6E7B768E-07E2-4810-8459-485F84F8F204"', '6E7B768E-07E2-4810-8459-485F84F8F204'],
    ['binary', '"AP8="', '00FF'],
    ['binary', '"_-8"', 'FFEF'],
    ['json', '[{"b":1,"a":{"skuId":"x"}}, 12345678901234567890123]', '[{"b":1,"a":{"skuId":"x"}},12345678901234567890123]'],
    ['json', '"text"', '"text"'],
    ['json', 'null', null],
    ['json', 'missing', null],
  ])('%s %s -> %s', async (type, json, expected) => {
    expect(await stageOne(type, json)).toBe(expected);
  });
});

describe('a value of another type fails the run and names the column, not the value', () => {
  test.each<[ColumnType, string, string]>([
    ['boolean', '"yes"', 'text of 3 characters'],
    ['int32', '2147483648', 'number'],
    ['int64', '1.5', 'number'],
    ['int64', '9223372036854775808', 'number'],
    ['double', '"much"', 'text of 4 characters'],
    ['decimal', '"NaN"', 'number'],
    ['dateTimeOffset', '""', 'empty text'],
    ['dateTimeOffset', '"infinity"', 'number'],
    ['dateTimeOffset', '"2024-13-01T00:00:00Z"', 'text of 20 characters'],
    ['date', '"soon"', 'text of 4 characters'],
    ['date', '{"y":1}', 'object'],
    ['timeOfDay', '[]', 'array'],
    ['binary', '"§§§"', 'text of 3 characters'],
  ])('%s %s', async (type, json, found) => {
    const error = await stageOne(type, json).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).problem).toMatchObject({ code: 'value-of-other-type', field: 'v' });
    expect((error as AppError).problem.title).toContain(found);
  });
});

describe('pages', () => {
  test('paths reach into complex values, annotations keep their dots, and a property can be read whole and in parts', async () => {
    const stage = await openStage({
      id: 'string',
      '@odata.type': 'string',
      '@parent.id': 'string',
      'signInActivity.lastSignInDateTime': 'dateTimeOffset',
      org: 'json',
      'org.division': 'string',
      'org.codes': 'json',
    });
    const row = {
      '@odata.type': '#microsoft.graph.user',
      '@parent.id': 'g1',
      id: 'u1',
      signInActivity: { lastSignInDateTime: '2024-01-01T00:00:00Z' },
      org: { division: 'Ops "1"', codes: [1] },
    };
    await stage.writer.append([page(JSON.stringify({ value: [row, { id: 'u2', signInActivity: null, org: null }] }))]);
    expect(
      await stage.staged.query(
        'SELECT * REPLACE (CAST(signInActivity_lastSignInDateTime AS VARCHAR) AS signInActivity_lastSignInDateTime) FROM staged',
      ),
    ).toEqual([
      ['u1', '#microsoft.graph.user', 'g1', '2024-01-01 00:00:00+00', '{"division":"Ops \\"1\\"","codes":[1]}', 'Ops "1"', '[1]'],
      ['u2', null, null, null, null, null, null],
    ]);
  });

  test('NUL characters and half surrogate pairs become U+FFFD, are counted, and numbers beside them keep their digits', async () => {
    const stage = await openStage({ id: 'string', n: 'int64', o: 'json' });
    const body = String.raw`{"value":[{"id":"a\u0000b","n":9007199254740993,"o":{"k\u0000":"\ud800 \\u0000"}}]}`;
    await stage.writer.append([page(body)]);
    expect(await stage.staged.query('SELECT id, CAST(n AS VARCHAR), o FROM staged')).toEqual([
      ['a\ufffdb', '9007199254740993', String.raw`{"k${'\ufffd'}":"${'\ufffd'} \\u0000"}`],
    ]);
    expect(stage.checkpoint.charactersReplaced).toBe(3);
  });

  test('bytes that are not UTF-8 become U+FFFD', async () => {
    const stage = await openStage({ id: 'string' });
    await stage.writer.append([
      page(Buffer.concat([Buffer.from('{"value":[{"id":"a'), Buffer.from([0xff]), Buffer.from('"}]}')])),
    ]);
    expect(await stage.staged.query('SELECT id FROM staged')).toEqual([['a\ufffd']]);
    expect(stage.checkpoint.charactersReplaced).toBe(1);
  });

  test.each([
    ['{"error":{"code":"x"}}', 'page-unexpected'],
    ['{"value":{"id":"a"}}', 'page-unexpected'],
    ['{"value":["a"]}', 'page-unexpected'],
    ['{"value":[{"id":"a"},', 'page-malformed'],
    ['<html>', 'page-malformed'],
  ])('%s is refused and stages nothing', async (body, code) => {
    const stage = await openStage({ id: 'string' });
    await expect(stage.writer.append([page('{"value":[{"id":"a"}]}', '1'), page(body)])).rejects.toMatchObject({
      problem: { code },
    });
    expect(await stage.staged.query('SELECT count(*)::int FROM staged')).toEqual([[0]]);
    expect(stage.checkpoint.cursor).toBeNull();
  });

  test('an empty page is a page', async () => {
    const stage = await openStage({ id: 'string' });
    await stage.writer.append([page('{"value":[]}', 'next'), page('\n{"value" : [ {"id":"a"} ]}\n')]);
    expect(stage.staged.rows).toBe(1);
    expect(stage.checkpoint.ended).toBe(true);
  });

  test('of a repeated key the row that came last stays', async () => {
    const stage = await openStage({ id: 'string', v: 'int32' });
    const rows = (from: number): string =>
      JSON.stringify({ value: Array.from({ length: 500 }, (_, i) => ({ id: `k${i}`, v: from + i })) });
    await stage.writer.append([page(rows(0), '1'), page(rows(1000), '2')]);
    await stage.writer.append([
      page(rows(2000), '3'),
      page(
        JSON.stringify({
          value: [
            { id: 'k7', v: 1 },
            { id: 'k7', v: 2 },
          ],
        }),
      ),
    ]);
    expect(await removeDuplicates(stage.store, ['id'])).toBe(1002);
    expect(
      await stage.staged.query("SELECT count(*)::int, min(v) FILTER (id <> 'k7'), max(v) FILTER (id = 'k7') FROM staged"),
    ).toEqual([[500, 2000, 2]]);
  });
});

describe('the file', () => {
  test('a stage goes on where it was left, a damaged one or one of something else starts anew', async () => {
    const dir = join(temporaryFolder(), 'stage');
    const options = { dir, columns: fakeDataset({ id: 'string' }).columns, signature: 'a' };
    const first = await Stage.open(options);
    await first.writer.append([page('{"value":[{"id":"a"}]}', 'c1')]);
    first.close();
    const again = await Stage.open(options);
    expect([again.staged.rows, again.checkpoint.cursor]).toEqual([1, 'c1']);
    again.close();
    const other = await Stage.open({ ...options, signature: 'b' });
    expect([other.staged.rows, other.checkpoint.cursor]).toEqual([0, null]);
    await other.writer.append([page('{"value":[{"id":"a"}]}', 'c1')]);
    other.close();
    truncateSync(join(dir, 'stage.duckdb'), 6000);
    const damaged = await Stage.open({ ...options, signature: 'b' });
    expect(damaged.staged.rows).toBe(0);
    damaged.close();
    writeFileSync(join(dir, 'stage.duckdb'), 'not a database');
    const garbage = await Stage.open({ ...options, signature: 'b' });
    expect(garbage.staged.rows).toBe(0);
    garbage.remove();
    expect(existsSync(dir)).toBe(false);
  });

  test('two runs never share a stage', async () => {
    const dir = join(temporaryFolder(), 'stage');
    await openStage({ id: 'string' }, dir);
    await expect(openStage({ id: 'string' }, dir)).rejects.toMatchObject({ problem: { code: 'stage-in-use' } });
  });

  test('what a crash leaves on disk holds whole batches with their cursor', async () => {
    const base = temporaryFolder();
    const stage = await openStage({ id: 'string' }, join(base, 'stage'));
    for (let batch = 1; batch <= 3; batch++) {
      await stage.writer.append([page(`{"value":[{"id":"a${batch}"},{"id":"b${batch}"}]}`, `after ${batch}`)]);
      const copy = join(base, `crash-${batch}`);
      cpSync(join(base, 'stage'), copy, { recursive: true });
      const found = await openStage({ id: 'string' }, copy);
      expect([found.staged.rows, found.checkpoint.cursor]).toEqual([batch * 2, `after ${batch}`]);
    }
  });
});
