import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCompact,
  formatCount,
  formatCounted,
  formatDuration,
  formatInstant,
  formatPercentage,
  formatRate,
} from './format.ts';

describe('counts', () => {
  it('groups thousands', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatCount(0)).toBe('0');
  });

  it('agrees the noun with the number', () => {
    expect(formatCounted(1, 'row')).toBe('1 row');
    expect(formatCounted(0, 'row')).toBe('0 rows');
    expect(formatCounted(2, 'entity', 'entities')).toBe('2 entities');
  });

  it.each([
    [9_999, '9,999'],
    [10_000, '10k'],
    [12_345, '12.3k'],
    [999_949, '999.9k'],
    [999_950, '1M'],
    [4_140_000, '4.1M'],
  ])('shortens %d to %s and never says 1000k', (count, text) => {
    expect(formatCompact(count)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [420, '0.4 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_900, '1 h 00 min'],
    [3_720_000, '1 h 02 min'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('rates, sizes and shares', () => {
  it('shows a dash where no rate was measured', () => {
    expect(formatRate(null)).toBe('–');
    expect(formatRate(Number.POSITIVE_INFINITY)).toBe('–');
    expect(formatRate(12_345.6)).toBe('12.3k/s');
  });

  it.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [3 * 1024 * 1024, '3 MiB'],
    [5 * 1024 ** 5, '5,120 TiB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('says 100 % only when it is complete', () => {
    expect(formatPercentage(0.999)).toBe('99 %');
    expect(formatPercentage(1)).toBe('100 %');
    expect(formatPercentage(0.5)).toBe('50 %');
    expect(formatPercentage(-1)).toBe('0 %');
  });
});

describe('instants', () => {
  const now = Date.UTC(2026, 10, 24, 12, 0, 0);

  it.each([
    [2_000, 'just now'],
    [-60_000, 'just now'],
    [42_000, '42 s ago'],
    [3 * 60_000, '3 min ago'],
    [5 * 3_600_000, '5 h ago'],
    [25 * 3_600_000, 'yesterday'],
    [3 * 86_400_000, '3 days ago'],
    [8 * 86_400_000, '16 Nov 2026, 12:00'],
  ])('%d ms earlier reads %s', (earlierMs, text) => {
    expect(formatAgo(now - earlierMs, now, 'UTC')).toBe(text);
  });

  it('speaks the time zone it is given', () => {
    expect(formatInstant(now, 'Asia/Tokyo')).toBe('24 Nov 2026, 21:00');
  });
});
