import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvSchema } from '#lib/platform/config/env.ts';
import { ROOT } from '../launcher/root.ts';

const LINES_MAX = 400;

/** The only files that may contain Graph's annotation for the next page. */
const KNOWS_NEXT_LINK = /^(lib\/(graph|source|executor|emulator)|e2e|bench|bin\/checks)\/|\.test\.tsx?$/;

/**
 * Files on the reading side that may parse JSON, besides `lib/platform/http/content.ts`, which reads bodies: positions in bytes that are
 * known to be JSON (json-bytes), and texts that Entrada wrote itself or that are not bodies (cursors, delta tokens, claims of a token).
 */
const PARSES_JSON = [
  'lib/entra/sign-in.ts',
  'lib/graph/client/json-bytes.ts',
  'lib/source/collection/part-cursor.ts',
  'lib/source/delta/delta-token.ts',
  'lib/source/relationship/relationship-cursor.ts',
];

/** Export of metadata as DDL uses PostgreSQL's dialect. */
const MAY_NAME_A_KIND = ['lib/services/metadata-file/export-metadata.ts'];

const SOURCES = globSync(['{app,bench,bin,components,e2e,lib}/**/*.{ts,tsx,mjs}', 'prisma/engine/*.mjs', '*.{ts,js,mjs}'], {
  cwd: ROOT,
})
  .filter((path) => path !== 'next-env.d.ts')
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

const DIRECTIVE = /^\s*['"]use server['"];?$/m;
/** An export of a server action file: types are erased, anyone can call the others. */
const EXPORTED = /^export (?!type |interface )(.*)$/gm;
const MADE_BY = /^const \w+ = (defineAction|definePublicAction)\($/;

describe('the source files', () => {
  it('are found', () => {
    expect(SOURCES.length).toBeGreaterThan(100);
  });

  it("say 'use server' only in actions.ts, where it stands first", () => {
    const marked = SOURCES.filter(({ text }) => DIRECTIVE.test(text)).map(({ path }) => path);
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.filter((path) => !/^app\/(.*\/)?actions\.ts$/.test(path))).toEqual([]);
    const actions = SOURCES.filter(({ path }) => /(^|\/)actions\.ts$/.test(path));
    expect(actions.filter(({ text }) => !/^['"]use server['"];/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('export from actions.ts only what defineAction or definePublicAction made', () => {
    const actions = SOURCES.filter(({ path }) => /(^|\/)actions\.ts$/.test(path));
    const found = actions.flatMap(({ path, text }) =>
      [...text.matchAll(EXPORTED)].map((match) => ({ path, line: match[1] ?? '' })),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ line }) => !MADE_BY.test(line.replace(/\(.*$/, '(')))).toEqual([]);
  });

  it('find a target by its row: nothing outside lib/targets names a kind, or reaches into the folder of one', () => {
    const inside = /^lib\/targets\/|\.test\.tsx?$|\/testing\//;
    const outside = SOURCES.filter(({ path }) => !inside.test(path));
    const kinds = globSync('lib/targets/*/index.ts', { cwd: ROOT }).map((path) => path.split('/').at(-2) ?? '');
    expect(kinds.length).toBeGreaterThan(1);
    const named = new RegExp(`([kK]ind\\)? ?[!=]== |case |findTargetModule\\()'(${kinds.join('|')})'`);
    const reaching = new RegExp(`from '#lib/targets/(${[...kinds, 'lake'].join('|')})/`);
    const found = (pattern: RegExp) => outside.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
    expect(found(named)).toEqual(MAY_NAME_A_KIND);
    expect(found(reaching)).toEqual(['bin/launcher/database.ts']);
    const server = outside.filter(({ path }) => /^(bin|lib\/(executor|jobs|services|source|store|web))\//.test(path));
    const byMethod = /switch \([\w.]*\bmethod\)|\bmethod [!=]== '(reload-and-compare|full-load|reload)'/;
    expect(server.filter(({ text }) => byMethod.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('know the link of the next page only where Graph is spoken', () => {
    const knowing = SOURCES.filter(({ text }) => text.includes('@odata.nextLink')).map(({ path }) => path);
    expect(knowing.length).toBeGreaterThan(0);
    expect(knowing.filter((path) => !KNOWS_NEXT_LINK.test(path))).toEqual([]);
  });

  it('make values of what Graph and Entra answer only in the one reader of answers', () => {
    const speaking = SOURCES.filter(
      ({ path }) => /^lib\/(graph|entra|source|executor)\//.test(path) && !/\.test\.ts$|\/testing\//.test(path),
    );
    const parsing = speaking.filter(({ text }) => /JSON\.parse\(|\.json\(\)/.test(text)).map(({ path }) => path);
    expect(parsing.toSorted()).toEqual(PARSES_JSON);
  });

  it(`have at most ${LINES_MAX} lines`, () => {
    const long = SOURCES.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(
      ({ lines }) => lines > LINES_MAX,
    );
    expect(long).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('has a row for every variable that Entrada reads, and none for another', () => {
    const text = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
    const documented = [...text.matchAll(/^\| `([A-Z_]+)`\s*\|/gm)].map((match) => match[1]);
    expect(documented.toSorted()).toEqual(Object.keys(EnvSchema.shape).toSorted());
  });
});
