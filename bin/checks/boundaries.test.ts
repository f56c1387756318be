import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise as cruiseFiles } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../.dependency-cruiser.js';
import { CRUISED } from '../launcher/check-steps.ts';
import { ROOT } from '../launcher/root.ts';
import { PLANTED_FAULTS, VALID_FILES } from './planted-faults.ts';

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] };
}

const RULES = [...(config.forbidden ?? []), ...(config.required ?? [])].map((rule) => rule.name ?? 'unnamed');

/** In this process: a start of the program for each rule took longer than what it looked at. */
async function cruise(baseDir: string, paths: readonly string[]): Promise<Cruise> {
  const { forbidden = [], required = [], options } = config;
  const { output } = await cruiseFiles(
    [...paths],
    { ...options, ruleSet: { forbidden, required }, validate: true, baseDir, outputType: 'json' },
    options?.enhancedResolveOptions as Parameters<typeof cruiseFiles>[2],
  );
  return JSON.parse(output as string) as Cruise;
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

  // The files have no content in the copy: which of them are looked at is a matter of their paths.
  it('are checked on every source file there is', async () => {
    const folders = CRUISED.filter((path) => !path.includes('.'));
    const onDisk = [
      ...globSync(
        folders.map((folder) => `${folder}/**/*.{ts,tsx,js,mjs}`),
        { cwd: ROOT },
      ),
      'proxy.ts',
    ].filter((path) => !path.includes('/testdata/'));
    const copy = join(dir, 'copy');
    plant(copy, Object.fromEntries(onDisk.map((path) => [path, ''])));
    const { modules } = await cruise(
      copy,
      CRUISED.filter((path) => globSync(path, { cwd: copy }).length > 0),
    );
    const cruised = new Set(modules.map((module) => module.source));
    expect(onDisk.length).toBeGreaterThan(100);
    expect(onDisk.filter((path) => !cruised.has(path))).toEqual([]);
  });
});
