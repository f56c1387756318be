import { expect, test } from 'vitest';
import { CreateTaskInput, LandingSettings } from './task.ts';

const inputOf = (schema: string) => ({
  name: 'Nightly',
  connectionId: 'conn_22222222222222222222',
  datasetIds: ['ds_22222222222222222222'],
  target: { method: 'full-load' as const, targetId: 'targ_22222222222222222222', settings: LandingSettings.parse({ schema }) },
});

test.each(['public', 'pgboss'])('a new task may not land in the schema %s', (schema) => {
  expect(CreateTaskInput.safeParse(inputOf(schema)).error?.issues).toMatchObject([
    { path: ['target', 'settings', 'schema'], message: expect.stringContaining('reserved') },
  ]);
});

test('other schemas are free, and settings of earlier tasks still parse', () => {
  expect(CreateTaskInput.safeParse(inputOf('hr')).success).toBe(true);
  expect(LandingSettings.safeParse({ schema: 'public' }).success).toBe(true);
});
