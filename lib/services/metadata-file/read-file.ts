import { isAlias, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { ImportProblemDto } from '#lib/domain/metadata/metadata.ts';
import { MetadataFile } from '#lib/domain/metadata/metadata-file.ts';
import { isNestedDeeper, JSON_DEPTH_MAX } from '#lib/platform/json-depth.ts';

/** Maximum length of a file, characters: all types of Graph's v1.0 take about 6 MB. */
export const FILE_CHARS_MAX = 20_000_000;
/** Maximum number of reported problems: further ones are mostly consequences of the first ones. */
const PROBLEMS_MAX = 100;

export type ReadFile =
  | { readonly ok: true; readonly file: MetadataFile }
  | { readonly ok: false; readonly problems: readonly ImportProblemDto[] };

/** Reads a file of connection metadata, JSON or YAML 1.2; returns all mistakes with their positions. */
export function readFile(text: string): ReadFile {
  try {
    return read(text);
  } catch (error) {
    // The YAML parser is recursive.
    if (error instanceof RangeError) return nestedTooDeep();
    throw error;
  }
}

function read(text: string): ReadFile {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '')
    return fail({ path: '', message: 'The file is empty.', remedy: 'Export metadata to see an example of a file.' });
  if (isNestedDeeper(plain)) return nestedTooDeep();
  const parsed = parse(plain);
  if (!parsed.ok) return parsed;
  const checked = MetadataFile.safeParse(parsed.value, { reportInput: true });
  if (checked.success) return { ok: true, file: checked.data };
  const locate = createLocator(plain);
  const problems = checked.error.issues.slice(0, PROBLEMS_MAX).flatMap((issue) => toProblems(issue, locate));
  return { ok: false, problems };
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly ImportProblemDto[] };

/** JSON is tried first: most files are JSON, and its parser is a hundred times faster than the YAML parser. */
function parse(text: string): Parsed {
  const looksLikeJson = /^\s*[{[]/.test(text);
  if (looksLikeJson) {
    try {
      return { ok: true, value: JSON.parse(text) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const position = /position (\d+)/.exec(error.message)?.[1];
      const at = position === undefined ? null : placeOf(text, Number(position));
      const message = `The file is not valid JSON: ${error.message.replace(/ in JSON at position.*$/, '')}.`;
      return fail({
        path: '',
        ...at,
        message,
        remedy: 'Correct this place. Look for a comma, a quote or a bracket that is missing or not needed.',
      });
    }
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return fail({
      path: '',
      line,
      column: col,
      message: `The file is not valid YAML: ${error.message}`,
      remedy: 'Correct this place. Check the indentation and the colons first.',
    });
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return fail({ path: '', message: cause.message, remedy: 'Write the values instead of aliases (*name).' });
  }
}

function nestedTooDeep() {
  const message = `The file is nested more than ${JSON_DEPTH_MAX} levels deep.`;
  return fail({ path: '', message, remedy: 'A metadata file needs only five levels. Export metadata to see an example.' });
}

function placeOf(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position);
  return { line: before.split('\n').length, column: position - before.lastIndexOf('\n') };
}

type Path = readonly PropertyKey[];
type Locate = (path: Path) => { readonly line: number; readonly column: number } | null;

/** The position of a path in the text: its value, or the innermost enclosing value that exists. */
function createLocator(text: string): Locate {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (!isNode(node) || isAlias(node) || node.range == null) continue;
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
    return null;
  };
}

function toProblems(issue: z.core.$ZodIssue, locate: Locate): ImportProblemDto[] {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
  return keys.map((key) => {
    const path = key === null ? issue.path : [...issue.path, key];
    const place = locate(path);
    return {
      path: pathText(path),
      line: place?.line ?? null,
      column: place?.column ?? null,
      message: key === null ? messageOf(issue) : `The format has no member ${key}.`,
      remedy: remedyOf(issue),
    };
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'This member is missing.';
  return issue.message;
}

function remedyOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'Check the spelling, or remove the member.';
    case 'invalid_value':
      return `Write ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    case 'invalid_type':
      return issue.input === undefined
        ? `Add the member with a value of type ${issue.expected}.`
        : `Write a value of type ${issue.expected}.`;
    default:
      return 'Change the value. docs/metadata-format.md describes each member.';
  }
}

/** `datasets[3].columns[0].type` */
function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function fail(problem: Pick<ImportProblemDto, 'path' | 'message' | 'remedy'> & Partial<ImportProblemDto>): {
  ok: false;
  problems: ImportProblemDto[];
} {
  return { ok: false, problems: [{ line: null, column: null, ...problem }] };
}
