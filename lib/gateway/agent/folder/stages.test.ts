import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStages } from './stages.ts';

const NOW = new Date();
const LATER = new Date(NOW.getTime() + 25 * 3_600_000);

function stagesOf(...names: readonly string[]) {
  const workDir = mkdtempSync(join(tmpdir(), 'entrada-stages-'));
  onTestFinished(() => rmSync(workDir, { recursive: true, force: true }));
  for (const name of names) {
    mkdirSync(join(workDir, name));
    writeFileSync(join(workDir, name, 'part.parquet'), 'rows');
  }
  const running = new Set<string>();
  return { running, stages: openStages(workDir, (id) => running.has(id)), left: () => readdirSync(workDir).sort() };
}

it('stages of dataset runs that are over are deleted; those under way, others, and what is no stage stay', async () => {
  const { running, stages, left } = stagesOf('dsrun_over', 'dsrun_open', 'dsrun_here', 'other');
  running.add('dsrun_here');
  expect([...stages.idle()].sort()).toEqual(['dsrun_open', 'dsrun_over']);
  await stages.remove(['dsrun_over', 'dsrun_here', 'other', '../dsrun_open', 'dsrun_unknown']);
  expect(left()).toEqual(['dsrun_here', 'dsrun_open', 'other']);
});

it('a stage without a write for a day is deleted unless it is under way, and what a dead process had begun to delete at once', async () => {
  const { running, stages, left } = stagesOf('dsrun_old', 'dsrun_here', 'deleted-dsrun_a');
  running.add('dsrun_here');
  await stages.sweep(NOW);
  expect(left()).toEqual(['dsrun_here', 'dsrun_old']);
  await stages.sweep(LATER);
  expect(left()).toEqual(['dsrun_here']);
});
