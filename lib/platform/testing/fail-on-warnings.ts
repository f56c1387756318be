import { format } from 'node:util';
import { afterAll, expect } from 'vitest';

/**
 * Fails a test file for warnings of the process and for text on `console.error`: a deprecated call works until the library's next major
 * version, one listener too many is a leak, and an error on the console is one that no test looked for. A test that expects such text replaces
 * the function with `vi.spyOn(console, 'error').mockImplementation(...)`. Node's experimental warnings are left out, since this code runs by
 * type stripping.
 */
const warnings: string[] = [];
const errors: string[] = [];
const write = console.error;

function onWarning({ name, message, stack }: Error): void {
  if (name !== 'ExperimentalWarning') warnings.push(stack ?? `${name}: ${message}`);
}

function onError(...values: unknown[]): void {
  errors.push(format(...values));
  write.apply(console, values);
}

// Files that share a process follow each other; each listens for itself alone.
process.on('warning', onWarning);
console.error = onError;

afterAll(() => {
  process.off('warning', onWarning);
  console.error = write;
  expect(warnings.splice(0), 'warnings of the process').toEqual([]);
  expect(errors.splice(0), 'unexpected text on console.error').toEqual([]);
});
