import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import { type GraphClient, LIMITED_ATTEMPTS_MAX } from '#lib/graph/client/client.ts';
import { GraphError, isServiceFailure } from '#lib/graph/client/graph-error.ts';
import { RESTART_CODES } from '#lib/graph/paging/pages.ts';
import type { PartRepair } from '#lib/graph/paging/read-parts.ts';
import { needsOwnPermission } from '#lib/source/column-needs.ts';
import { collectionPath, columnsToRead, headersOf, rootOf } from '#lib/source/dataset-request.ts';

/** Requests that finding the columns to blame may cost. */
const PROBES_MAX = 120;
/** Times that a refused request is sent again as it is before its columns are suspected. */
const RETRIES_MAX = 2;
/** Further refusals alone, one after the other, that prove a column which was never read, and one which may have been read in the last run. */
const PROOFS_NEW = 2;
const PROOFS_KNOWN = 4;
/** Rounds of a search that bring no proof, and searches that end without one. */
const FRUITLESS_MAX = 2;
const SEARCHES_MAX = 3;

/** Statuses by which Graph refuses a list for the sake of a column. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 501]);
/** Graph's words for a property that it doesn't know (OData error of an unknown `$select` name). */
const UNKNOWN_PROPERTY = /Could not find a property named '([^']+)'/;

/** Columns that no request of this run selects any more, by name, with the reason. */
export type OmittedColumns = Map<string, string>;

export interface ColumnRepairOptions {
  readonly signal: AbortSignal;
  /** Shared by all who read the same dataset in this run. */
  readonly omitted?: OmittedColumns;
  /** See ReadOptions of the engine. */
  readonly readBefore?: ReadonlySet<string> | undefined;
}

/** A property, and the columns that are taken out of it: they are refused together. */
interface Suspect {
  readonly property: string;
  readonly columns: readonly Column[];
}

/**
 * Finds the columns for whose sake Graph refuses a whole list, and leaves out those alone. One refusal proves nothing (Graph refuses at
 * random now and then, graph-facts "errors"): what is refused is first sent again as it is. A column is left out only when it was refused
 * again alone, several times one after the other, and the rest was accepted twice. What cannot be proven is left to fail in Graph's words.
 */
export class ColumnRepair {
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #signal: AbortSignal;
  readonly #omitted: OmittedColumns;
  readonly #readBefore: ReadonlySet<string> | undefined;
  #columns: readonly Column[];
  #pending: Promise<PartRepair> | null = null;
  #probes = 0;
  #counted = 0;
  #fruitless = 0;

  constructor(graph: GraphClient, dataset: DatasetDefinition, { signal, omitted, readBefore }: ColumnRepairOptions) {
    this.#graph = graph;
    this.#dataset = dataset;
    this.#signal = signal;
    this.#omitted = omitted ?? new Map();
    this.#readBefore = readBefore;
    this.#columns = columnsToRead(dataset);
  }

  /** Columns to ask for now; the same array as long as they are the same. */
  get columns(): readonly Column[] {
    if (this.#columns.some(({ name }) => this.#omitted.has(name))) {
      this.#columns = this.#columns.filter(({ name }) => !this.#omitted.has(name));
    }
    return this.#columns;
  }

  /** The columns omitted so far, in the form a page carries them; nothing when there are none. */
  get unreadColumns(): { readonly unread?: readonly Omit<UnreadColumn, 'since'>[] } {
    if (this.#omitted.size === 0) return {};
    return { unread: [...this.#omitted].map(([name, reason]) => ({ name, reason })) };
  }

  /** Requests that it has cost since this was last asked. */
  takeRequests(): number {
    const taken = this.#probes - this.#counted;
    this.#counted = this.#probes;
    return taken;
  }

  /** Whether what was refused `refusals` times in a row is to be sent again as it is; waits before. */
  async retry(error: GraphError, refusals: number): Promise<boolean> {
    // The client has tried several times already what may pass.
    if (!REFUSALS.has(error.status) || error.retry === 'limited' || refusals > RETRIES_MAX || this.#pending !== null)
      return false;
    await this.#graph.backOff(refusals, this.#signal);
    return true;
  }

  /** Looks for the cause. Who calls while it is at work shares its answer. `parentId`: whose children were refused. */
  repair(error: GraphError, parentId?: string): Promise<PartRepair> {
    this.#pending ??= this.#find(error, parentId).finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** Calls `send`, which requests `columns`, again until it passes or no refused column can be proven. @throws the last error of `send`. */
  async sendRepaired<T>(send: () => Promise<T>): Promise<T> {
    for (let refusals = 1, repairs = 0; ; refusals++) {
      const asked = this.columns;
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof GraphError) || RESTART_CODES.has(error.code)) throw error;
        if (await this.retry(error, refusals)) continue;
        if (this.columns === asked && ((await this.repair(error)) === 'refused' || repairs++ >= FRUITLESS_MAX)) throw error;
        refusals = 0;
      }
    }
  }

  async #find(error: GraphError, parentId: string | undefined): Promise<PartRepair> {
    if (!this.#dataset.read.select || !REFUSALS.has(error.status) || this.#fruitless >= SEARCHES_MAX) return 'refused';
    if (error.status !== 501 && isServiceFailure(error)) return 'refused';
    const keys = this.columns.filter((column) => column.key);
    const probe = (columns: readonly Column[]): Promise<GraphError | null> => this.#refusal([...keys, ...columns], parentId);
    let found: PartRepair;
    try {
      found = await this.#search(probe, keys.length > 0);
    } catch (failure) {
      if (!(failure instanceof OutOfProbesError)) throw failure;
      found = 'refused';
    }
    if (found === 'refused') this.#fruitless++;
    return found;
  }

  async #search(probe: ProbeColumns, hasKeys: boolean): Promise<PartRepair> {
    const proven = new Map<Suspect, GraphError>();
    let rest = this.#suspects();
    for (let fruitless = 0; fruitless < FRUITLESS_MAX; ) {
      let refusal = await probe(columnsOf(rest));
      if (refusal === null && proven.size === 0) return 'again';
      refusal ??= await probe(columnsOf(rest));
      if (refusal === null) return this.#omit(proven);
      const before = proven.size;
      // A list that is refused with its keys alone is refused as a whole.
      const isWhole = hasKeys && (await probe([])) !== null;
      for (const suspect of isWhole ? [] : await findRefusedAlone(probe, rest, refusal)) {
        const proof = await this.#prove(probe, suspect);
        if (proof !== null) proven.set(suspect, proof);
      }
      rest = rest.filter((suspect) => !proven.has(suspect));
      if (proven.size === before) fruitless++;
    }
    return 'refused';
  }

  /** Requests the column alone, as often as the proof requires, one after the other; null when one request succeeded. */
  async #prove(probe: ProbeColumns, { columns }: Suspect): Promise<GraphError | null> {
    const before = this.#readBefore;
    const known = before === undefined || columns.some(({ name }) => before.has(name));
    let refusal: GraphError | null = null;
    for (let proofs = 0, needed = known ? PROOFS_KNOWN : PROOFS_NEW; proofs < needed; proofs++) {
      await this.#graph.backOff(proofs + 1, this.#signal);
      refusal = await probe(columns);
      if (refusal === null || !REFUSALS.has(refusal.status) || (refusal.status !== 501 && isServiceFailure(refusal))) return null;
      // Words that are known to come and go need the longer proof whatever the column.
      if (refusal.retry === 'limited') needed = PROOFS_KNOWN;
    }
    return refusal;
  }

  /** Properties that may be left out, those first that need more than the rest. Without its items a child table has no rows: not they. */
  #suspects(): readonly Suspect[] {
    const { child, read } = this.#dataset;
    const items = child === null ? null : rootOf({ sourcePath: child.sourcePath });
    // Columns that are returned by default or expanded are not in `$select`.
    const fixed = new Set([items, read.expand]);
    const others = this.columns.filter(
      (column) => !column.key && !column.sourcePath.startsWith('@') && !fixed.has(rootOf(column)),
    );
    const suspects = [...Map.groupBy(others, rootOf)].map(([property, columns]) => ({ property, columns }));
    return suspects.sort((a, b) => Number(b.columns.some(isLikelyRefused)) - Number(a.columns.some(isLikelyRefused)));
  }

  #omit(proven: ReadonlyMap<Suspect, GraphError>): PartRepair {
    for (const [{ columns }, refusal] of proven) {
      for (const column of columns) this.#omitted.set(column.name, reasonOf(column, refusal));
    }
    return 'fewer';
  }

  /** Null when Graph lists these columns. @throws OutOfProbesError */
  async #refusal(columns: readonly Column[], parentId: string | undefined): Promise<GraphError | null> {
    if (this.#probes >= PROBES_MAX) throw new OutOfProbesError();
    const path = collectionPath(this.#dataset, columns, { top: 1, ...(parentId === undefined ? {} : { parentId }) });
    const url = `${this.#graph.baseUrl}${path}`;
    try {
      const { requests } = await this.#graph.send({ url, headers: headersOf(this.#dataset), signal: this.#signal });
      this.#probes += requests;
      return null;
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      this.#probes += error.retry === 'limited' ? LIMITED_ATTEMPTS_MAX : 1;
      return error;
    }
  }
}

type ProbeColumns = (columns: readonly Column[]) => Promise<GraphError | null>;

class OutOfProbesError extends Error {}

/** Those of the suspects, which were refused together, that are refused alone: named by Graph, or found by halving. */
async function findRefusedAlone(
  probe: ProbeColumns,
  suspects: readonly Suspect[],
  refusal: GraphError,
): Promise<readonly Suspect[]> {
  const named = UNKNOWN_PROPERTY.exec(refusal.problem.detail ?? '')?.[1]?.toLowerCase();
  const guess = suspects.filter(({ property }) => property.toLowerCase() === named);
  if (guess.length > 0) return guess;
  if (suspects.length <= 1) return suspects;
  const middle = suspects.length >> 1;
  const found: Suspect[] = [];
  for (const half of [suspects.slice(0, middle), suspects.slice(middle)]) {
    const refused = await probe(columnsOf(half));
    if (refused !== null) found.push(...(await findRefusedAlone(probe, half, refused)));
  }
  return found;
}

function columnsOf(suspects: readonly Suspect[]): readonly Column[] {
  return suspects.flatMap(({ columns }) => columns);
}

/** Whether a list is more likely to be refused for the sake of this column than of others. */
function isLikelyRefused(column: Column): boolean {
  return needsOwnPermission(column) || /^(signInActivity|customSecurityAttributes)\b/.test(column.sourcePath);
}

/** What Graph answered, and what to do about it. */
function reasonOf(column: Column, refusal: GraphError): string {
  const { title, detail = title } = refusal.problem;
  const words = detail.replace(/[\s.]+$/, '');
  return `Graph refuses the column (${refusal.status}: ${words}). ${remedyOf(column, refusal)}`;
}

function remedyOf({ permission, licence }: Column, { status }: GraphError): string {
  const needs = [
    ...(permission === null ? [] : [`grant ${permission}`]),
    ...(licence === null ? [] : [`get the licence ${licence}`]),
  ].join(' and ');
  if (status !== 403 || needs === '') return 'Deselect the column if Graph refuses it again.';
  return `${needs.charAt(0).toUpperCase()}${needs.slice(1)}, or deselect the column.`;
}
