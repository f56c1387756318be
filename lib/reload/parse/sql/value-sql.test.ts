import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { isTime, type TimeType } from '#lib/domain/dataset/edm-time.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sqlText } from './sql-text.ts';
import { parseBadValue, valueSql } from './value-sql.ts';

async function openDuckDb() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  onTestFinished(() => connection.closeSync());
  await connection.run("SET TimeZone = 'UTC'");
  /** The typed value as text; null when it was refused. */
  return async (type: TimeType | 'double', text: string): Promise<string | null> => {
    const [column] = fakeDataset({ at: type }, { key: [] }).columns;
    if (column === undefined) throw new TypeError('no column');
    try {
      const sql = `SELECT CAST(${valueSql(column, 'raw')} AS VARCHAR) FROM (SELECT CAST(${sqlText(text)} AS VARCHAR) AS raw)`;
      return String((await connection.runAndReadAll(sql)).getRowsJson()[0]?.[0]);
    } catch (error) {
      expect(parseBadValue((error as Error).message)).toMatchObject({ column: 'at', type });
      return null;
    }
  };
}

/** What Graph may send, and what is staged of it; null: it is refused. */
const SPELLINGS: Readonly<Record<TimeType, Readonly<Record<string, string | null>>>> = {
  dateTimeOffset: {
    '2020-01-01T00:00:00Z': '2020-01-01 00:00:00+00',
    '2020-01-01T00:00Z': '2020-01-01 00:00:00+00',
    '2020-01-01T00:00+02:00': '2019-12-31 22:00:00+00',
    '2020-01-01t00:00:00z': '2020-01-01 00:00:00+00',
    '2020-01-01t00:00-23:59': '2020-01-01 23:59:00+00',
    '2020-01-01T00:00:00-00:00': '2020-01-01 00:00:00+00',
    '2020-02-29T23:59:59.1Z': '2020-02-29 23:59:59.1+00',
    '2020-01-01T00:00:00.9999999Z': '2020-01-01 00:00:00.999999+00',
    '2020-01-01T00:00:00.123456789012+00:00': '2020-01-01 00:00:00.123456+00',
    '0001-01-01T00:00:00Z': '0001-01-01 00:00:00+00',
    '9999-12-31T23:59:59.9999999Z': '9999-12-31 23:59:59.999999+00',
    '1899-12-31T23:59:59+14:00': '1899-12-31 09:59:59+00',
    '0001-01-01T00:00:00+02:00': null,
    '9999-12-31T23:59:59-02:00': null,
    '0000-01-01T00:00:00Z': null,
    '10000-01-01T00:00:00Z': null,
    '-0001-01-01T00:00:00Z': null,
    '2021-02-29T00:00:00Z': null,
    '2020-13-01T00:00:00Z': null,
    '2020-01-01T24:00:00Z': null,
    '2020-01-01T24:00Z': null,
    '2020-01-01T23:59:60Z': null,
    '2020-01-01T00:00:00.1234567890123Z': null,
    '2020-01-01T00:00:00.Z': null,
    '2020-01-01T00:00:00,5Z': null,
    '2020-01-01T00:00:00': null,
    '2020-01-01T00:00:00+02': null,
    '2020-01-01T00:00:00+0200': null,
    '2020-01-01T00:00:00 +02:00': null,
    '2020-01-01 00:00:00Z': null,
    '2020-01-01T 1:00:00Z': null,
    '2020-01-01T00:00:00 UTC': null,
    '2020-1-1T00:00:00Z': null,
    '2020-01-01': null,
    ' 2020-01-01T00:00:00Z': null,
    '2020-01-01T00:00:00Z\n': null,
    '20200101T000000Z': null,
    epoch: null,
    infinity: null,
    '-infinity': null,
    now: null,
    '1577836800': null,
    '': null,
  },
  date: {
    '2020-02-29': '2020-02-29',
    '0001-01-01': '0001-01-01',
    '9999-12-31': '9999-12-31',
    '0000-01-01': null,
    '10000-01-01': null,
    '-2020-01-01': null,
    '2020-1-1': null,
    '2020/01/01': null,
    '2020-02-30': null,
    '2020-01-01 (BC)': null,
    '2020-01-01T00:00:00Z': null,
    ' 2020-01-01': null,
    epoch: null,
    infinity: null,
    today: null,
  },
  timeOfDay: {
    '12:34': '12:34:00',
    '12:34:56': '12:34:56',
    '23:59:59.9999999': '23:59:59.999999',
    '00:00:00.123456789012': '00:00:00.123456',
    '24:00': null,
    '24:00:00': null,
    '12:34:60': null,
    '1:02:03': null,
    '12:34:56Z': null,
    '12:34:56+02:00': null,
    '12': null,
    noon: null,
  },
  duration: {
    P3DT4H: 'P3DT4H',
    PT0S: 'PT0S',
    '-PT1M30.5S': '-PT1M30.5S',
    '+P1D': '+P1D',
    P90D: 'P90D',
    P1Y2M: 'P1Y2M',
    P2W: 'P2W',
    P: null,
    PT: null,
    P1DT: null,
    '-P': null,
    PT1D: null,
    P1S: null,
    PT1H30: null,
    '1:30:00': null,
    '90 days': null,
    infinity: null,
  },
};

const CASES = Object.entries(SPELLINGS).flatMap(([type, spellings]) =>
  Object.entries(spellings).map(([text, staged]) => ({ type: type as TimeType, text, staged })),
);

test('every spelling that OData has is taken, and no other one', async () => {
  const stage = await openDuckDb();
  for (const { type, text, staged } of CASES) expect.soft(await stage(type, text), `${type} ${text}`).toBe(staged);
});

test.each(CASES)('rows that are looked at are judged as a reload does: $type $text', ({ type, text, staged }) => {
  expect(isTime(type, text)).toBe(staged !== null);
});

test('whatever the text, the look and the reload agree', async () => {
  const stage = await openDuckDb();
  const piece = fc.constantFrom(
    '2020',
    '0001',
    '9999',
    '-',
    '01',
    '12',
    '31',
    '30',
    'T',
    ':',
    '24',
    '23',
    '.',
    '5',
    'Z',
    '+',
    ' ',
    'P',
    'D',
    'H',
  );
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const nearly = fc
    .tuple(fc.constantFrom(...CASES.map((one) => one.text)), fc.nat(40), piece)
    .map(([base, at, other]) => base.slice(0, at) + other + base.slice(at + other.length));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...(Object.keys(SPELLINGS) as TimeType[])), fc.oneof(text, nearly), async (type, value) => {
      expect((await stage(type, value)) !== null).toBe(isTime(type, value));
    }),
    { numRuns: 400 },
  );
});

test.each([
  ['1.5', '1.5'],
  ['1E-7', '1e-07'],
  ['-0.0', '-0.0'],
  ['INF', 'inf'],
  ['-INF', '-inf'],
  ['NaN', 'nan'],
  ['1e400', null],
  ['Infinity', null],
  ['nan', null],
  ['1,5', null],
  ['', null],
])('the double %j is staged as %j, and never as another number', async (text, staged) => {
  const stagedOf = await openDuckDb();
  expect(await stagedOf('double', text)).toBe(staged);
});
