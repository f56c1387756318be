import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../launcher/root.ts';

/** Documents by path, without their code blocks. */
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'bench/*.md'], { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8').replaceAll(/^```.*?^```/gms, ''),
}));

/** The id of a heading, as GitHub generates it. */
const idOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** Whether a relative link of the document `from` leads to a file, and to a heading where it names one. */
function resolves(from: string, link: string): boolean {
  const [file = '', id] = link.split('#');
  const path = file === '' ? from : join(dirname(from), decodeURI(file));
  if (!existsSync(join(ROOT, path))) return false;
  const headings = id === undefined ? [] : readFileSync(join(ROOT, path), 'utf8').matchAll(/^#+ (.*)$/gm);
  return id === undefined || [...headings].some(([, heading = '']) => idOf(heading) === id);
}

describe('the documents', () => {
  it('have only relative links that resolve', () => {
    const links = DOCUMENTS.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map((match) => ({ path, link: match[1] ?? match[2] ?? '' })),
    ).filter(({ link }) => !/^[a-z]+:/.test(link));
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ path, link }) => !resolves(path, link))).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const named = DOCUMENTS.filter(({ path }) => !/CHANGELOG|docs\/decisions/.test(path)).flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:app|bench|bin|components|docs|e2e|lib|prisma)\/[^`\s<>*{}…]+)`/g)].map(([, name = '']) => ({
        path,
        name,
      })),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('define each word of the glossary once', () => {
    const glossary = DOCUMENTS.find(({ path }) => path === 'docs/glossary.md')?.text ?? '';
    const words = [...glossary.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].map(([, word = '']) => word.toLowerCase());
    const defined = words.filter((word) => word !== 'word' && !word.startsWith('-'));
    expect(defined.length).toBeGreaterThan(50);
    expect(defined.filter((word, index) => defined.indexOf(word) !== index)).toEqual([]);
  });
});
