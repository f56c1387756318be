import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../launcher/root.ts';

interface Row {
  readonly requirement: string;
  readonly how: string;
  /** Files and folders in the last column. */
  readonly shownBy: readonly string[];
}

const TEXT = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const ASVS = TEXT.slice(TEXT.indexOf('## OWASP ASVS'));
const ROWS: readonly Row[] = ASVS.split('\n')
  .filter((line) => /^\| (V\d|beyond)/.test(line))
  .map((line) => {
    const [, requirement = '', how = '', shown = ''] = line.split('|').map((cell) => cell.trim());
    return { requirement, how, shownBy: [...shown.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '') };
  });

const idsOf = (rows: readonly Row[]): string[] => rows.flatMap(({ requirement }) => requirement.match(/V\d+\.\d+\.\d+/g) ?? []);

describe('the ASVS table of docs/security.md', () => {
  it('has more rows than the walk that found what was wrong', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(52);
    expect(idsOf(ROWS).length).toBeGreaterThan(ROWS.length);
  });

  it('names for each row a test or file, and each of them exists', () => {
    const missing = ROWS.flatMap(({ shownBy }) => shownBy).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
    expect(ROWS.filter(({ shownBy }) => shownBy.length === 0)).toEqual([]);
  });

  it('shows by a test, a folder of tests or their data whatever a test can show', () => {
    const byFileAlone = ROWS.filter(({ shownBy }) => !shownBy.some((path) => /\.(test|spec)\.tsx?$|\/$/.test(path)));
    expect(idsOf(byFileAlone)).toEqual(['V14.2.5', 'V14.3.2', 'V14.3.3']);
  });

  it('names each requirement once', () => {
    const ids = idsOf(ROWS);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('says of each open row why it is open', () => {
    for (const { requirement, how } of ROWS.filter((row) => row.how.includes('*open*'))) {
      expect(how.length, requirement).toBeGreaterThan('*open*'.length + 20);
    }
  });
});

describe('tests that docs/security.md names elsewhere', () => {
  it('exist', () => {
    const named = [...TEXT.matchAll(/`([\w./()[\]-]+\.(?:test|spec)\.tsx?)`/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(52);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
