import { describe, expect, it } from 'vitest';
import { moveByKey } from './grid-navigation.ts';

const size = { rows: 100, columns: 5, rowsPerPage: 20 };

describe('moving in the grid', () => {
  it.each([
    ['ArrowDown', false, { row: 11, column: 2 }],
    ['ArrowUp', false, { row: 9, column: 2 }],
    ['ArrowLeft', false, { row: 10, column: 1 }],
    ['ArrowRight', false, { row: 10, column: 3 }],
    ['PageDown', false, { row: 30, column: 2 }],
    ['PageUp', false, { row: 0, column: 2 }],
    ['Home', false, { row: 10, column: 0 }],
    ['End', false, { row: 10, column: 4 }],
    ['Home', true, { row: 0, column: 0 }],
    ['End', true, { row: 99, column: 4 }],
  ] as const)('%s (with Control: %s) goes to %j', (key, jump, expected) => {
    expect(moveByKey({ row: 10, column: 2 }, key, size, jump)).toEqual(expected);
  });

  it('stays inside at every edge', () => {
    expect(moveByKey({ row: 0, column: 0 }, 'ArrowUp', size, false)).toEqual({ row: 0, column: 0 });
    expect(moveByKey({ row: 99, column: 4 }, 'ArrowRight', size, false)).toEqual({ row: 99, column: 4 });
  });

  it('leaves other keys alone, and has nowhere to go in an empty grid', () => {
    expect(moveByKey({ row: 0, column: 0 }, 'Tab', size, false)).toBeNull();
    expect(moveByKey({ row: 0, column: 0 }, 'ArrowDown', { ...size, rows: 0 }, false)).toBeNull();
  });
});
