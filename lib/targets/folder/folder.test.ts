import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { folder } from './index.ts';

const at = (path: string): TargetAccess => ({ kind: 'folder', settings: { path }, secrets: null, builtIn: false });
const test = (path: string, folders: readonly string[]) =>
  folder.test(at(path), { ...NO_RULES, folders }, new AbortController().signal);
const REFUSED = { passed: false, checks: [{ remedy: expect.stringContaining('ENTRADA_LAKE_ROOTS') }] };

describe('a folder that a person set up', () => {
  it('is refused outside of the folders of the operator, also by a path that leads out of one, and where there is none', async () => {
    const root = temporaryFolder();
    const elsewhere = temporaryFolder();
    expect(await test(elsewhere, [root])).toMatchObject(REFUSED);
    expect(await test(join(root, '..', elsewhere.split('/').at(-1) ?? ''), [root])).toMatchObject(REFUSED);
    expect(await test(`${root}-beside`, [root])).toMatchObject(REFUSED);
    expect(await test(root, [])).toMatchObject(REFUSED);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is refused when a link in it leads outside, for a reload as well, though the link came later', async () => {
    const root = temporaryFolder();
    const elsewhere = temporaryFolder();
    mkdirSync(join(root, 'lake'));
    symlinkSync(elsewhere, join(root, 'lake', 'hr'));
    expect(await test(join(root, 'lake', 'hr'), [root])).toMatchObject(REFUSED);
    const report = await reloadInto({
      access: at(join(root, 'lake')),
      task: { method: 'reload', targetId: 'targ_22222222222222222222', settings: LakeSettings.parse({ folder: 'hr' }) },
      dataset: fakeDataset({ id: 'string' }),
      runId: 'run_1',
      source: { pages: [[{ id: 'a' }]] },
      rules: { ...NO_RULES, folders: [root] },
    });
    expect(report).toMatchObject({ state: 'failed', problem: { code: 'target-folder-refused' } });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('passes its test within one of them, and the test leaves nothing behind', async () => {
    const root = temporaryFolder();
    expect(await test(join(root, 'new', 'lake'), [temporaryFolder(), root])).toMatchObject({ passed: true });
    expect(readdirSync(root, { recursive: true }).filter((name) => String(name).includes('entrada-test'))).toEqual([]);
  });

  it('has the same address as another one where their files would meet', () => {
    expect(folder.address({ path: '/srv/lake/../lake' }, 'a/b')).toBe(folder.address({ path: '/srv/lake/a' }, 'b'));
  });
});
