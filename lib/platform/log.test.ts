import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';

/** What a log writes, line by line. */
function logged(): { readonly to: Writable; lines(): readonly Record<string, unknown>[] } {
  const chunks: string[] = [];
  const to = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { to, lines: () => chunks.map((line) => JSON.parse(line)) };
}

it('an error is logged with its causes and its code, without other properties', () => {
  const { to, lines } = logged();
  const cause = Object.assign(new Error('terminating connection'), {
    code: '57P01',
    client: { secretKey: 4711, connectionParameters: { database: 'app' } },
  });
  const log = createLog('test', 'info', to);
  log.error({ err: cause }, 'queue');
  log.error({ err: new Error('The run failed', { cause }) }, 'run');
  const [first, second] = lines();
  expect(first?.['err']).toEqual({
    ...{ type: 'Error', message: 'terminating connection', errorCode: '57P01' },
    stack: expect.stringContaining('log.test.ts'),
  });
  expect(second?.['err']).toMatchObject({ message: 'The run failed: terminating connection' });
  expect(JSON.stringify(lines())).not.toContain('4711');
});

it('fields that hold secrets are redacted at any of three depths', () => {
  const { to, lines } = logged();
  createLog('test', 'info', to).info({ password: 'a', input: { clientSecret: 'b', more: { code: 'c' } } }, 'input');
  expect(lines()[0]).toMatchObject({
    password: '[redacted]',
    input: { clientSecret: '[redacted]', more: { code: '[redacted]' } },
  });
});
