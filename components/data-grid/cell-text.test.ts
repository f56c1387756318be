import { describe, expect, it } from 'vitest';
import { cellText, columnWidth, fullText, localTime, rowObject } from './cell-text.ts';

describe('a cell on one line', () => {
  it('tells null, the empty string and the word null apart', () => {
    expect(cellText(null, 'string')).toEqual({ text: 'null', tone: 'null' });
    expect(cellText('', 'string')).toEqual({ text: '(empty)', tone: 'empty' });
    expect(cellText('null', 'string')).toEqual({ text: 'null', tone: 'text' });
  });

  it.each([
    [true, 'boolean', 'boolean'],
    [12, 'int32', 'number'],
    // 64-bit values are transferred as text, so that no digit is lost.
    ['9223372036854775807', 'int64', 'number'],
    ['2026-11-24T00:00:00Z', 'dateTimeOffset', 'time'],
    ['[]', 'json', 'json'],
    ['Ada', 'string', 'text'],
  ] as const)('%j of %s is drawn as %s', (cell, type, tone) => {
    expect(cellText(cell, type).tone).toBe(tone);
  });

  it('folds line breaks and cuts what is too long for a line', () => {
    expect(cellText('a\n\n b', 'string').text).toBe('a b');
    expect(cellText('x'.repeat(5_000), 'string').text).toHaveLength(201);
  });
});

it('a time is told as the own clock shows it, and nothing else is taken for one', () => {
  expect(localTime('2026-11-24T12:00:00Z')).toMatch(/2026/);
  expect(localTime('2026-11-24')).toBeNull();
  expect(localTime('P1DT2H')).toBeNull();
});

describe('the whole value', () => {
  it('indents JSON and leaves text alone', () => {
    expect(fullText('{"a":[1]}', 'json')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(fullText('{"a":1}', 'string')).toBe('{"a":1}');
    expect(fullText(null, 'json')).toBe('null');
  });

  it('shows a json cell that does not parse as it is', () => {
    expect(fullText('{broken', 'json')).toBe('{broken');
  });
});

describe('a row as JSON', () => {
  it('has nested values as objects and missing cells as null', () => {
    const columns = [
      { name: 'id', type: 'guid' },
      { name: 'assignedLicenses', type: 'json' },
      { name: 'mail', type: 'string' },
    ] as const;
    expect(rowObject(columns, ['1', '[{"skuId":"x"}]'])).toEqual({ id: '1', assignedLicenses: [{ skuId: 'x' }], mail: null });
  });
});

describe('column widths', () => {
  it('fit the longest value within bounds', () => {
    const column = { name: 'id', type: 'string' } as const;
    expect(columnWidth(column, 0, [])).toBe(72);
    expect(columnWidth(column, 0, [['x'.repeat(20)]])).toBe(174);
    expect(columnWidth(column, 0, [['x'.repeat(900)]])).toBe(320);
  });
});
