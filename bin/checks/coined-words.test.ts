import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../launcher/root.ts';
import { AVOIDED_IN_COMMENTS, AVOIDED_IN_TEXTS, COINED_NAMES } from './coined-words.ts';

const LISTS = /^bin\/checks\/coined-words(\.test)?\.ts$/;
const CODE = '{app,bench,bin,components,e2e,lib}/**/*.{ts,tsx,mjs}';

interface Line {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** Lines of the files that match a glob pattern. */
function linesOf(pattern: string): readonly Line[] {
  return globSync(pattern, { cwd: ROOT })
    .filter((path) => !LISTS.test(path))
    .flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .map((text, index) => ({ path, line: index + 1, text })),
    );
}

const CODE_LINES = linesOf(CODE);

/** The text of a comment line or of a comment at the end of a line; '' for other lines. */
function commentOf(line: string): string {
  return /^\s*(?:\/\*\*?|\*)\s(.*)$/.exec(line)?.[1] ?? /(?:^|\s)\/\/\s(.*)$/.exec(line)?.[1] ?? '';
}

function anyWord(words: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');
}

const place = ({ path, line, text }: Line): string => `${path}:${line}: ${text.trim()}`;

describe('the words of the code', () => {
  it.each([
    ['  /** Told of each part. */', true],
    ['  const a = 1; // tells the reader', true],
    [' * untold', true],
    ['  const told = 1;', false],
    ["  const url = 'https://example.com/told';", false],
  ])('%j is found: %s', (line, isFound) => {
    expect(anyWord(AVOIDED_IN_COMMENTS).test(commentOf(line))).toBe(isFound);
  });

  it.each(Object.entries(COINED_NAMES))('do not use %s again: %s', (name) => {
    const pattern = new RegExp(`\\b${name}\\b`);
    expect([...CODE_LINES, ...linesOf('docs/*.md')].filter(({ text }) => pattern.test(text)).map(place)).toEqual([]);
  });

  it('in comments say what a value is or when a function is called', () => {
    const pattern = anyWord(AVOIDED_IN_COMMENTS);
    expect(CODE_LINES.length).toBeGreaterThan(10_000);
    expect(CODE_LINES.filter(({ text }) => pattern.test(commentOf(text))).map(place)).toEqual([]);
  });

  it('in texts for people name who did what', () => {
    const pattern = anyWord(AVOIDED_IN_TEXTS);
    expect(pattern.test("remedy: 'Make room on the disk.',")).toBe(true);
    const texts = CODE_LINES.filter(({ path, text }) => !/\.(test|spec)\.ts$/.test(path) && commentOf(text) === '');
    expect(texts.filter(({ text }) => pattern.test(text)).map(place)).toEqual([]);
  });
});
