import { expect, test } from 'vitest';
import { evaluateAudit } from './audit-report.ts';

const reportOf = (severity: string): string => JSON.stringify({ vulnerabilities: { undici: { severity, range: '<8.0.0' } } });

test.each([
  ['high', false],
  ['critical', false],
  ['moderate', true],
  ['low', true],
])('an advisory of severity %s passes: %s', (severity, passed) => {
  expect(evaluateAudit(reportOf(severity)).passed).toBe(passed);
});

test('what fails names the package and its range', () => {
  expect(evaluateAudit(reportOf('high')).message).toContain('undici <8.0.0: high');
});

test.each(['', 'not json', '{"message":"405 Method Not Allowed","statusCode":405}'])(
  'a registry that keeps no advisories (%j) is told from a clean report',
  (output) => {
    expect(evaluateAudit(output)).toEqual({ passed: true, message: expect.stringContaining('nothing was checked') });
  },
);
