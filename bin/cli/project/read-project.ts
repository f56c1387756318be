import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { MetadataFile } from '#lib/domain/metadata/metadata-file.ts';
import { CliError } from '../../launcher/cli-error.ts';
import { ProjectFile } from './project-file.ts';

export type Variables = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];

/** A project with the metadata of all its files in place. */
export interface Project extends ProjectFile {
  readonly metadata: ReadonlyMap<string, MetadataFile>;
}

/**
 * Reads a project file and the metadata files that it names.
 * `${NAME}` in any text stands for an environment variable, `$${` for `${` itself; secrets stay references until they are sent.
 * @throws CliError with every mistake: its path in the file, its line and what to do.
 */
export function readProject(file: string, variables: Variables): Project {
  const project = readAs(ProjectFile, file, (value) => substitute(value, { file, path: [], variables }));
  const metadata = (project.connections ?? []).flatMap(({ name, metadata: given }) => {
    if (given === undefined) return [];
    return [[name, typeof given === 'string' ? readAs(MetadataFile, resolve(dirname(file), given)) : given] as const];
  });
  return { ...project, metadata: new Map(metadata) };
}

function readAs<S extends z.ZodType>(schema: S, file: string, prepare = (value: unknown) => value): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw new CliError(`${file} is not YAML: ${broken.message}`);
  const result = schema.safeParse(prepare(document.toJS({ maxAliasCount: 100 })));
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap((issue) => mistakesOf(issue)).map((issue) => sentenceOf(issue, document, lines));
  throw new CliError(`${file} is not valid:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** zod reports one issue for a whole union: of its branches, the one that came furthest says what is wrong. */
function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path as Path;
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issueText(issue) }];
  const inner = issue.errors.toSorted((one, other) => deepest(other) - deepest(one))[0] ?? [];
  return inner.flatMap((each) => mistakesOf(each)).map((each) => ({ ...each, path: [...path, ...each.path] }));
}

const deepest = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length));

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `Entrada does not know ${issue.keys.join(', ')}. \`entrada schema\` prints the members that are allowed.`;
}

function sentenceOf({ path, message }: Mistake, document: Document, lines: LineCounter): string {
  return `${textOf(path)}${lineOf(path, document, lines)}: ${message}`;
}

function lineOf(path: Path, document: Document, lines: LineCounter): string {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return ` (line ${lines.linePos(node.range[0]).line})`;
  }
  return '';
}

/** `tasks[0].settings.schema` */
export function textOf(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`)).join('');
}

interface Place {
  readonly file: string;
  readonly path: Path;
  readonly variables: Variables;
}

function substitute(value: unknown, place: Place): unknown {
  if (isLeftAlone(place.path)) return value;
  if (typeof value === 'string') return substituteText(value, place);
  if (Array.isArray(value)) return value.map((item, at) => substitute(item, { ...place, path: [...place.path, at] }));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, substitute(member, { ...place, path: [...place.path, key] })]),
  );
}

/** Secrets stay references; metadata is written as it is. */
function isLeftAlone([section, , key]: Path): boolean {
  if (section === 'connections') return key === 'clientSecret' || key === 'certificate' || key === 'metadata';
  return (section === 'targets' && key === 'secrets') || (section === 'notificationChannels' && key === 'url');
}

function substituteText(text: string, { file, path, variables }: Place): string {
  return text.replaceAll(/\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-)?\}/g, (found, name: string | undefined, empty) => {
    if (name === undefined) return '${';
    const value = variables[name];
    if (value !== undefined || empty !== undefined) return value ?? '';
    throw new CliError(`${file}: ${textOf(path)} needs the environment variable ${name}, which is not set (${found}).`);
  });
}
