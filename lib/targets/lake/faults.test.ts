import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { StageUnusableError } from '#lib/reload/stage/stage-error.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';
import { blameLake } from './reload.ts';

test('a full disk is told by the folder that is on it: the lake or the stage', () => {
  const full = (file: string): StageUnusableError =>
    new StageUnusableError('stage-disk-full', '/data/work', undefined, new Error(`IO Error: "${file}": No space left on device`));
  expect(blameLake(full('/lake/hr/users/v=1/part-00000.csv'), '/lake/hr/users')).toMatchObject({
    problem: { code: 'lake-disk-full', title: expect.stringContaining('/lake/hr/users') },
  });
  expect(blameLake(full('/data/stages/spill/x.tmp'), '/lake/hr/users')).toMatchObject({ problem: { code: 'stage-disk-full' } });
});

test('a published version is reported as done though older ones could not be removed', async () => {
  const lakeDir = temporaryFolder();
  const settings = LakeSettings.parse({ folder: 'hr', versionsKept: 0 });
  const reload = (runId: string, second: number) =>
    reloadInto({
      access: localLake(lakeDir),
      task: { method: 'reload', targetId: 'targ_33333333333333333333', settings },
      dataset: fakeDataset({ id: 'string' }),
      runId,
      source: { pages: [[{ id: 'a' }]] },
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    });
  await reload('run_1', 1);
  // Looks like a version and isn't one: reading its `_SUCCESS` fails, whoever asks.
  writeFileSync(join(lakeDir, 'hr', 'users', 'v=20200101T000000Z-stray'), '');
  expect(await reload('run_2', 2)).toMatchObject({
    state: 'done',
    problem: null,
    notes: [expect.stringContaining('could not be removed')],
  });
  expect(readFileSync(join(lakeDir, 'hr', 'users', 'latest'), 'utf8')).toContain('run_2');
});
