import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNameTaken, isNotImplemented } from './s3-error.ts';
import type { S3Folder } from './s3-folder.ts';

interface Writes {
  put(name: string, content: string, condition?: { IfNoneMatch?: '*' }): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
}

interface ClaimedWrites extends Writes {
  exists(name: string): Promise<boolean>;
  list(prefix: string): Promise<readonly string[]>;
  /** Writes the object after its name was claimed. */
  write(): Promise<void>;
}

const known = new WeakMap<S3Folder['client'], Map<string, Promise<boolean>>>();

/**
 * Whether the store refuses a second PUT with `If-None-Match: *` (Amazon S3 User Guide, "Conditional writes"). Some stores ignore the header and
 * overwrite, so it is tested, once per client and bucket.
 */
export function hasConditionalPut({ client, bucket }: S3Folder, writes: Writes): Promise<boolean> {
  const buckets = known.get(client) ?? new Map<string, Promise<boolean>>();
  known.set(client, buckets);
  const found = buckets.get(bucket) ?? tryConditionalPut(writes);
  // A store that could not be reached is tested again.
  found.catch(() => buckets.delete(bucket));
  buckets.set(bucket, found);
  return found;
}

async function tryConditionalPut({ put, remove }: Writes): Promise<boolean> {
  const name = `entrada-test-${randomUUID()}`;
  try {
    await put(name, '', { IfNoneMatch: '*' });
    await put(name, '', { IfNoneMatch: '*' });
    return false;
  } catch (error) {
    if (isNameTaken(error)) return true;
    if (isNotImplemented(error)) return false;
    throw error;
  } finally {
    await remove([name]);
  }
}

/** Age after which the claim of a process that died is ignored, milliseconds: far longer than the two requests that it covers. */
const CLAIM_MS = 120_000;
const ROUNDS_MAX = 200;

/**
 * `putIfAbsent` for a store without conditional writes but with consistent listing. Each writer stores a claim object and
 * lists: a writer that sees only its own claim writes; one that sees another claim deletes its own, waits for a random time and starts again. Of two
 * writers the later one
 * to list sees the claim of the other, or, after that has ended, the object itself: two never write.
 */
export async function claimName(name: string, store: ClaimedWrites): Promise<boolean> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const claim = `${name}.claim-${Date.now()}-${randomUUID()}`;
    await store.put(claim, '');
    try {
      const claims = await store.list(`${name}.claim-`);
      if (await store.exists(name)) return false;
      if (claims.every((other) => other === claim || isVoid(other, name))) {
        await store.write();
        return true;
      }
    } finally {
      await store.remove([claim]);
    }
    await sleep(Math.random() * 50 * Math.min(round + 1, 20));
  }
  throw new Error(`Another writer is writing ${name}.`);
}

function isVoid(claim: string, name: string): boolean {
  const since = Number(claim.slice(`${name}.claim-`.length).split('-')[0]);
  return Number.isFinite(since) && Date.now() - since > CLAIM_MS;
}
