import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOG } from '#lib/catalog/catalog.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { requestCount } from '#lib/source/collection/count-rows.ts';
import { mayRestart } from '#lib/source/restart.ts';
import type { ChildReading } from './child-reading.ts';
import { firstParentsUrl, readParentKeys } from './parent-keys.ts';
import { REREAD_WAITS_MS } from './parent-proof.ts';
import type { RelationshipState } from './relationship-cursor.ts';

/** Number of waiting parents below which the next page of them is requested: enough for all batches that may be under way. */
const PARENTS_AHEAD = 640;

export interface ParentListOptions {
  readonly reading: ChildReading;
  readonly state: RelationshipState;
  /** Whether the list is to be proven whole. */
  readonly proves: boolean;
  readonly waitsMs?: readonly number[];
}

/** The parents of a relationship's rows, handed to a reading as they are listed. */
export class ParentList {
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #options: ParentListOptions;
  /** Parents that were begun by this process. */
  readonly #begun: Set<string>;
  /** Different parents that this pass through the list has named. */
  readonly #listed = new Set<string>();
  #listedBefore: number | null;
  #nextUrl: string | null;
  #isOver = false;

  constructor(graph: GraphClient, dataset: DatasetDefinition, options: ParentListOptions) {
    this.#graph = graph;
    this.#dataset = dataset;
    this.#options = options;
    this.#begun = new Set(options.state.links.keys());
    this.#nextUrl = options.state.nextUrl;
    this.#listedBefore = options.state.listed;
  }

  /** Every parent was handed over, and what could be proven of the list was. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Where the list continues. */
  get position(): Pick<RelationshipState, 'nextUrl' | 'listed'> {
    const before = this.#listedBefore;
    return { nextUrl: this.#nextUrl, listed: before === null ? null : before + this.#listed.size };
  }

  /** Hands all parents to the reading, then ends it: with a gap when the list could not be proven complete. */
  async feed(): Promise<void> {
    const { reading, state, proves } = this.#options;
    const countable = proves && isCountable(this.#dataset);
    const before = countable ? this.#count() : Promise.resolve(null);
    // Awaited at the end of the list; until then a failure must not count as unhandled.
    before.then((expected) => reading.countParents({ expected })).catch(() => undefined);
    reading.countParents({ read: Math.max(0, (state.listed ?? 0) - state.links.size) });
    await this.#listAll(state.skip);
    const gap = await this.#findGap(await before);
    this.#isOver = true;
    reading.end(gap);
  }

  /**
   * `$count` of the parents against those that were listed. Parents that came or went meanwhile may be in or out: any number between two
   * counts is right. Where it isn't, the list is read again after a while: its store and that of the counts follow each other.
   */
  async #findGap(before: number | null): Promise<string | null> {
    if (before === null) return null;
    const { waitsMs = REREAD_WAITS_MS, state, reading } = this.#options;
    let counts = [before, before] as const;
    // A list that another process began is not read twice: what that process read would be read again.
    const waits = state.nextUrl === firstParentsUrl(this.#graph, this.#dataset) ? waitsMs : [];
    for (let pass = 0; ; pass++) {
      const { listed } = this.position;
      if (listed !== null && isBetween(listed, counts)) return null;
      const after = await this.#count();
      counts = [counts[1], after ?? counts[1]];
      if (listed !== null && isBetween(listed, counts)) return null;
      const waitMs = waits[pass];
      if (waitMs === undefined) return gapOf(this.#dataset, counts[1], listed);
      await sleep(waitMs, undefined, { signal: reading.signal });
      this.#beginAnew();
      await this.#listAll(0);
    }
  }

  /** The whole list from where it stands; begun again where that may cure it. */
  async #listAll(skip: number): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      try {
        await this.#listOn(restarts === 0 ? skip : 0);
        return;
      } catch (error) {
        if (!mayRestart(error, restarts)) throw error;
        this.#beginAnew();
      }
    }
  }

  #beginAnew(): void {
    this.#nextUrl = firstParentsUrl(this.#graph, this.#dataset);
    this.#listed.clear();
    this.#listedBefore = 0;
  }

  /** Lists parents from `nextUrl` on; those that were begun before are not begun again. */
  async #listOn(skip: number): Promise<void> {
    const { reading } = this.#options;
    if (this.#nextUrl === null) return;
    let passed = skip;
    for await (const page of readParentKeys(this.#graph, this.#dataset, { url: this.#nextUrl, signal: reading.signal })) {
      const keys = [...new Set(page.keys.slice(passed))].filter((key) => !this.#begun.has(key));
      for (const key of page.keys) this.#listed.add(key);
      this.#nextUrl = page.nextUrl;
      reading.count(page.requests);
      reading.begin(new Map(keys.map((key) => [key, null])));
      for (const key of keys) this.#begun.add(key);
      passed = 0;
      await reading.waitForCapacity(PARENTS_AHEAD);
    }
  }

  async #count(): Promise<number | null> {
    const { reading } = this.#options;
    reading.count(1);
    try {
      return await requestCount(this.#graph, `${this.#dataset.parent?.path ?? ''}/$count`, reading.signal);
    } catch (error) {
      // The list may be allowed where its count is not.
      if (error instanceof GraphError && error.retry === 'never') return null;
      throw error;
    }
  }
}

/** Whether Graph counts the parents (according to the catalogue); parents that have parents cannot be counted with one request. */
function isCountable({ parent }: DatasetDefinition): boolean {
  return CATALOG.some((entry) => entry.parent === null && entry.path === parent?.path && entry.read.countable);
}

function isBetween(listed: number, [a, b]: readonly [number, number]): boolean {
  return listed >= Math.min(a, b) && listed <= Math.max(a, b);
}

function gapOf({ parent }: DatasetDefinition, counted: number, listed: number | null): string {
  const listing = listed === null ? 'but the number of listed objects is not known' : `but listed ${listed}`;
  return `Graph counted ${formatCounted(counted, 'object')} in ${parent?.path}, ${listing}. Rows of a missing object would look deleted.`;
}
