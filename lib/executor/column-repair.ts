import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { columnsToRead } from './dataset-request.ts';
import { firstRows } from './first-rows.ts';

/** Requests that finding the columns to blame may cost. */
const PROBES_MAX = 60;

/** Graph's words for a property that it doesn't know (OData error of an unknown `$select` name). */
const UNKNOWN_PROPERTY = /Could not find a property named '([^']+)'/;

/**
 * Finds the columns for whose sake Graph refuses a whole list, and leaves out those alone: a property that a list doesn't have (400, 501)
 * by halving `$select`, one that needs more permission or licence than the rest (403) by asking for each such column apart.
 */
export class ColumnRepair {
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #parentId: string | undefined;
  readonly #signal: AbortSignal;
  #columns: readonly Column[];
  #pending: Promise<boolean> | null = null;
  #probes = 0;
  #counted = 0;
  #notes: string[] = [];

  constructor(
    graph: GraphClient,
    dataset: DatasetDefinition,
    options: { readonly signal: AbortSignal; readonly parentId?: string },
  ) {
    this.#graph = graph;
    this.#dataset = dataset;
    this.#signal = options.signal;
    this.#parentId = options.parentId;
    this.#columns = columnsToRead(dataset);
  }

  /** Columns to ask for now. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** What was left out and why, once. */
  takeNotes(): readonly string[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** Requests that it has cost since this was last asked. */
  takeRequests(): number {
    const taken = this.#probes - this.#counted;
    this.#counted = this.#probes;
    return taken;
  }

  /** True when `columns` are fewer now and the list may pass. Who calls while it is at work shares its answer. */
  repair(error: GraphError): Promise<boolean> {
    this.#pending ??= this.#find(error).finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #find(error: GraphError): Promise<boolean> {
    if (!this.#dataset.read.select || ![400, 403, 501].includes(error.status)) return false;
    const keys = this.#columns.filter((column) => column.key);
    const others = this.#columns.filter((column) => !column.key);
    const suspects = error.status === 403 ? others.filter(needsMore) : others;
    const innocent = others.filter((column) => !suspects.includes(column));
    if (suspects.length === 0 || (await this.#refusal([...keys, ...innocent])) !== null) return false;
    const named = UNKNOWN_PROPERTY.exec(error.problem.detail ?? '')?.[1]?.toLowerCase();
    const guess = suspects.filter((column) => propertyOf(column).toLowerCase() === named);
    const culprits = guess.length > 0 ? new Map(guess.map((column) => [column, error])) : await this.#cull(keys, suspects);
    if (culprits.size === 0 || this.#probes > PROBES_MAX) return false;
    this.#columns = this.#columns.filter((column) => !culprits.has(column));
    for (const [column, refusal] of culprits) this.#notes.push(leftOut(column, refusal));
    return true;
  }

  /** Those of the suspects that are refused, with what Graph said. */
  async #cull(keys: readonly Column[], suspects: readonly Column[]): Promise<Map<Column, GraphError>> {
    const refusal = await this.#refusal([...keys, ...suspects]);
    if (refusal === null || this.#probes > PROBES_MAX) return new Map();
    const [only] = suspects;
    if (only !== undefined && suspects.length === 1) return new Map([[only, refusal]]);
    const middle = suspects.length >> 1;
    const halves = [suspects.slice(0, middle), suspects.slice(middle)];
    const found = new Map<Column, GraphError>();
    for (const half of halves) for (const [column, why] of await this.#cull(keys, half)) found.set(column, why);
    return found;
  }

  /** Null when Graph lists these columns. */
  async #refusal(columns: readonly Column[]): Promise<GraphError | null> {
    this.#probes++;
    const parent = this.#parentId === undefined ? {} : { parentId: this.#parentId };
    try {
      await firstRows(this.#graph, this.#dataset, columns, { top: 1, signal: this.#signal, ...parent });
      return null;
    } catch (error) {
      if (error instanceof GraphError) return error;
      throw error;
    }
  }
}

/** A column that needs more than its dataset, e.g. signInActivity. */
function needsMore({ permission, licence, sourcePath }: Column): boolean {
  return permission !== null || licence !== null || /^(signInActivity|customSecurityAttributes)\b/.test(sourcePath);
}

function propertyOf({ sourcePath }: Column): string {
  return sourcePath.split(/\.|\[\]/)[0] ?? sourcePath;
}

/** Words for a column that is empty in this run. */
export function leftOut({ name, permission, licence }: Column, refusal: GraphError): string {
  const needs = [permission, licence].filter((need) => need !== null).join(' and ');
  const { title, detail = title } = refusal.problem;
  const needed = refusal.status === 403 && needs !== '' ? ` It needs ${needs}.` : '';
  return `Column ${name} was left out and is empty: Graph refuses it (${refusal.status}: ${detail}).${needed}`;
}
