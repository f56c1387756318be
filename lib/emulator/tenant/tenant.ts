import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#lib/platform/clock.ts';
import type { SignInDirectory, SignInUser } from '../contract.ts';
import type { Row } from './collection.ts';
import { COMPANY, DOMAIN, INITIAL_DOMAIN } from './company.ts';
import { Directory } from './directory.ts';
import { applyChange, type Change, MutationSpec, type MutationSummary, planMutation } from './mutate.ts';

/** Changes of one call, numbered: delta links contain the last number that they include. */
export interface ChangeSet {
  readonly round: number;
  readonly at: string;
  readonly changes: readonly Change[];
}

export interface Tenant extends SignInDirectory {
  readonly directory: Directory;
  /** Change sets after `round`, oldest first. */
  changesAfter(round: number): readonly ChangeSet[];
  readonly round: number;
  /** @throws ZodError when the spec is invalid. */
  mutate(spec: unknown): MutationSummary;
}

export interface TenantOptions {
  readonly seed: number;
  readonly users: number;
  /** Changes are stored here and replayed at the next start. */
  readonly dir: string;
  readonly clock: Clock;
}

/** The demo tenant: deterministic for a seed and size, with the stored changes. */
export function createTenant({ seed, users, dir, clock }: TenantOptions): Tenant {
  const directory = new Directory(seed, users, clock);
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `mutations-${seed}-${users}.jsonl`);
  const history: ChangeSet[] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ChangeSet)
    : [];
  for (const { changes, at } of history) for (const change of changes) applyChange(directory, change, at);
  return {
    directory,
    tenantId: directory.tenantId,
    tenantDisplayName: COMPANY,
    domains: [DOMAIN, INITIAL_DOMAIN],
    findUser: (name) => findUser(directory, name),
    userById: (id) => toSignInUser(directory.collections.users.find(id)),
    suggestedUsers: () => [0, 1, 2, 3, 4].flatMap((index) => toSignInUser(directory.collections.users.at(index)) ?? []),
    get round() {
      return history.length;
    },
    changesAfter: (round) => history.slice(round),
    mutate(spec) {
      const round = history.length + 1;
      const { changes, summary } = planMutation(directory, MutationSpec.parse(spec ?? {}), round);
      const set: ChangeSet = { round, at: clock.now().toISOString(), changes };
      // Stored before it becomes visible: a restart must not undo what a reload has read.
      appendFileSync(file, `${JSON.stringify(set)}\n`);
      for (const change of changes) applyChange(directory, change, set.at);
      history.push(set);
      return summary;
    },
  };
}

/** Finds a user by user principal name or mail. The number at the end of an initial user's name is its index; others are searched. */
function findUser(directory: Directory, name: string): SignInUser | null {
  const wanted = name.trim().toLowerCase();
  const { users } = directory.collections;
  const matches = (row: Row | null): boolean =>
    [row?.['userPrincipalName'], row?.['mail']].some((text) => typeof text === 'string' && text.toLowerCase() === wanted);
  const index = Number(/\.(\d+)[@_]/.exec(wanted)?.[1] ?? 0);
  if (matches(users.at(index))) return toSignInUser(users.at(index));
  for (const [, row] of users.rows()) if (matches(row)) return toSignInUser(row);
  return null;
}

function toSignInUser(row: Row | null): SignInUser | null {
  if (row === null) return null;
  return {
    id: String(row['id']),
    userPrincipalName: String(row['userPrincipalName']),
    displayName: String(row['displayName']),
    accountEnabled: row['accountEnabled'] === true,
    isAdmin: String(row['mailNickname']) === 'admin',
    isGuest: row['userType'] === 'Guest',
  };
}
