import { expect, test } from 'vitest';
import { formatPlanned } from './planned-time.tsx';

test('the two moments of a time that comes twice are told apart', () => {
  expect(formatPlanned('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('Sun, 25 Oct 2026, 02:30 GMT+2');
  expect(formatPlanned('2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe('Sun, 25 Oct 2026, 02:30 GMT+1');
});
