import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath } from '../source-path.ts';
import { isExtraColumn } from '../sql/extra-sql.ts';
import { KeyScan } from './key-scan.ts';
import { type Member, type Properties, readMembers } from './page-members.ts';

export interface NormalizedPage {
  readonly body: Uint8Array;
  /** Properties that an object had in two spellings with two values: the value of the exact one was taken. */
  readonly conflicts: readonly string[];
}

/** Another name for the one that stands between two places. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/**
 * Graph's payload may differ from $metadata in case (`Manufacturer` of devices), and from row to row, while the parser needs exact
 * names. Checks the names of every row, and rewrites those that columns are read from in the spelling of the columns.
 */
export class PropertyCase {
  readonly #document: Properties;
  /** Spellings that columns use, at any depth, by name in lower case. */
  readonly #spellings = new Map<string, Set<string>>();
  readonly #scan = new KeyScan();

  constructor(columns: readonly Column[]) {
    const rows: Properties = new Map();
    for (const { sourcePath } of columns.filter((column) => !isExtraColumn(column))) this.#addPath(rows, sourcePath);
    this.#document = new Map([['value', { name: 'value', inner: rows }]]);
  }

  /**
   * The page with the properties of its rows spelt as the columns are; the very same bytes when they are. Of several spellings in one
   * object the exact one is taken, but for a null: then one that has a value.
   */
  normalize(body: Uint8Array): NormalizedPage {
    if (!this.#scan.finds(body, (name) => this.#mayBeMisspelt(name))) return { body, conflicts: [] };
    const edits: Edit[] = [];
    const conflicts = new Set<string>();
    readMembers(body, this.#document, (members, properties) => {
      if (properties === this.#document) return;
      for (const [lower, { name }] of properties) {
        const spelt = members.filter((member) => member.name.toLowerCase() === lower);
        if (spelt.every((member) => member.name === name)) continue;
        edits.push(...chooseOne(body, spelt, name));
        if (valuesOf(body, spelt).size > 1) conflicts.add(name);
      }
    });
    return { body: edits.length === 0 ? body : withNames(body, edits), conflicts: [...conflicts] };
  }

  /**
   * Whether a name, wherever in the document, differs in case alone from one that columns use somewhere. KeyScan may miss a name that contains
   * a quote or ends in a backslash: no column uses one, since a source path is made of identifiers of OData (OData CSDL XML 4.01, section
   * 15.2) and of annotations. A name like that comes from open types alone and stays as it is in the JSON of its column.
   */
  #mayBeMisspelt(name: string): boolean {
    const spellings = this.#spellings.get(name.toLowerCase());
    return spellings !== undefined && (spellings.size > 1 || !spellings.has(name));
  }

  #addPath(rows: Properties, sourcePath: string): void {
    let at = rows;
    for (const part of parseSourcePath(sourcePath)) {
      const name = part.replace(/\[\]$/, '');
      const lower = name.toLowerCase();
      const property = at.get(lower) ?? { name, inner: new Map() };
      at.set(lower, property);
      this.#spellings.set(lower, (this.#spellings.get(lower) ?? new Set()).add(property.name));
      at = property.inner;
    }
  }
}

/** Gives `name` to the member whose value counts; one that had it gets the other's, so that no name comes twice. */
function chooseOne(body: Uint8Array, spelt: readonly Member[], name: string): readonly Edit[] {
  const exact = spelt.find((member) => member.name === name);
  if (exact !== undefined && !isNull(body, exact)) return [];
  const chosen = spelt.find((member) => !isNull(body, member)) ?? exact ?? spelt[0];
  if (chosen === undefined || chosen === exact) return [];
  const { from, to } = chosen;
  return [{ from, to, name }, ...(exact === undefined ? [] : [{ from: exact.from, to: exact.to, name: chosen.name }])];
}

/** The different values of members, nulls aside. */
function valuesOf(body: Uint8Array, members: readonly Member[]): ReadonlySet<string> {
  return new Set(members.filter((member) => !isNull(body, member)).map((member) => textOf(body, member)));
}

function isNull(body: Uint8Array, member: Member): boolean {
  return textOf(body, member) === 'null';
}

function textOf(body: Uint8Array, { valueFrom, valueTo }: Member): string {
  return Buffer.from(body.buffer, body.byteOffset + valueFrom, valueTo - valueFrom)
    .toString('latin1')
    .trimEnd();
}

function withNames(body: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { from, to, name } of edits.toSorted((a, b) => a.from - b.from)) {
    pieces.push(body.subarray(at, from), Buffer.from(JSON.stringify(name)));
    at = to;
  }
  return Buffer.concat([...pieces, body.subarray(at)]);
}
