import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../.dependency-cruiser.js';
import { CRUISED } from '../launcher/check-steps.ts';
import { runProgram } from '../launcher/process/run-program.ts';
import { ROOT } from '../launcher/root.ts';
import { PLANTED_FAULTS, VALID_FILES } from './planted-faults.ts';

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] };
}

const RULES = [...(config.forbidden ?? []), ...(config.required ?? [])].map((rule) => rule.name ?? 'unnamed');

async function cruise(cwd: string, paths: readonly string[]): Promise<Cruise> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const rules = join(ROOT, '.dependency-cruiser.js');
  const args = ['--config', rules, '--output-type', 'json', ...paths];
  const { output } = await runProgram([process.execPath, program, ...args], {}, { cwd });
  return JSON.parse(output) as Cruise;
}

function plant(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

describe('the import boundaries', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'entrada-boundaries-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('find nothing in a repository that keeps them', async () => {
    const sound = join(dir, 'sound');
    plant(sound, VALID_FILES);
    const { summary, modules } = await cruise(sound, ['app', 'bin', 'components', 'lib']);
    expect(summary.violations).toEqual([]);
    expect(modules.length).toBeGreaterThan(10);
  });

  it('have a planted fault for every rule, and no other', () => {
    expect(Object.keys(PLANTED_FAULTS).sort()).toEqual([...RULES].sort());
  });

  it.each(Object.entries(PLANTED_FAULTS))('find a planted fault: %s', async (rule, files) => {
    const faulty = join(dir, rule);
    plant(faulty, VALID_FILES);
    plant(faulty, files);
    const { summary } = await cruise(faulty, ['app', 'bin', 'components', 'lib']);
    const found = summary.violations.filter((violation) => violation.rule.name === rule);
    expect(found.map(({ from }) => from)).toContain(Object.keys(files)[0]);
  });

  it('are checked on every source file there is', async () => {
    const folders = CRUISED.filter((path) => !path.includes('.'));
    const onDisk = [
      ...globSync(
        folders.map((folder) => `${folder}/**/*.{ts,tsx,js,mjs}`),
        { cwd: ROOT },
      ),
      'proxy.ts',
    ].filter((path) => !path.includes('/testdata/'));
    const { modules } = await cruise(
      ROOT,
      CRUISED.filter((path) => globSync(path, { cwd: ROOT }).length > 0),
    );
    const cruised = new Set(modules.map((module) => module.source));
    expect(onDisk.length).toBeGreaterThan(100);
    expect(onDisk.filter((path) => !cruised.has(path))).toEqual([]);
  });
});
