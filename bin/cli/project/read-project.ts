import { dirname, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { MetadataFile } from '#lib/domain/metadata/metadata-file.ts';
import { CliError } from '../../launcher/cli-error.ts';
import { readTextFile } from '../read-text-file.ts';
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
  const project = readAs(ProjectFile, file, {
    prepare: (value) => substitute(value, { file, path: [], variables }),
    passedOver: (given, read) => unreadMembers(given, read, []),
  });
  const metadata = (project.connections ?? []).flatMap(({ name, metadata: given }) => {
    if (given === undefined) return [];
    return [[name, typeof given === 'string' ? readAs(MetadataFile, resolve(dirname(file), given)) : given] as const];
  });
  return { ...project, metadata: new Map(metadata) };
}

interface Reading {
  readonly prepare: (value: unknown) => unknown;
  /** Members that a schema has passed over, in what it made of a value. */
  readonly passedOver: (given: unknown, read: unknown) => Mistake[];
}

const AS_WRITTEN: Reading = { prepare: (value) => value, passedOver: () => [] };

function readAs<S extends z.ZodType>(schema: S, file: string, { prepare, passedOver }: Reading = AS_WRITTEN): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(readTextFile(file), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw new CliError(`${file} is not YAML: ${broken.message}`);
  const given = prepare(document.toJS({ maxAliasCount: 100 }));
  const result = schema.safeParse(given);
  const found = result.success ? passedOver(given, result.data) : result.error.issues.flatMap((issue) => mistakesOf(issue));
  if (result.success && found.length === 0) return result.data;
  const mistakes = found.map((mistake) => sentenceOf(mistake, document, lines));
  throw new CliError(`${file} is not valid:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
}

interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** Members that a schema of settings has passed over: misspelt ones would silently have their defaults. */
function unreadMembers(given: unknown, read: unknown, path: Path): Mistake[] {
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null || isLeftAlone(path)) return [];
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(read, key));
  const inner = Object.entries(given).flatMap(([key, member]) =>
    unreadMembers(member, (read as Readonly<Record<string, unknown>>)[key], [...path, Array.isArray(given) ? Number(key) : key]),
  );
  return unknown.length === 0 ? inner : [{ path, message: unknownText(unknown) }, ...inner];
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
  return unknownText(issue.keys);
}

function unknownText(keys: readonly string[]): string {
  return `Entrada does not know ${keys.join(', ')}. \`entrada schema\` prints the members that are allowed.`;
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
