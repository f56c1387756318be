import { afterAll, expect } from 'vitest';

/**
 * Warnings of the process fail the file that provoked them: a deprecated call works until the library's next major version, a listener too many
 * is a leak. What Node itself calls experimental is left out: type stripping is how this code runs.
 */
const warnings: string[] = [];
process.on('warning', ({ name, message, stack }) => {
  if (name !== 'ExperimentalWarning') warnings.push(stack ?? `${name}: ${message}`);
});

afterAll(() => {
  expect(warnings.splice(0), 'warnings of the process').toEqual([]);
});
