import { userRef } from '#lib/domain/account/actor.ts';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';
import type { Role } from '#lib/domain/account/role.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import {
  countActiveAdmins,
  findUserByEntraObjectId,
  findUserById,
  insertUser,
  lockFirstUser,
  recordSignIn,
  setUserRole,
  type UserRow,
} from '#lib/store/account/users.ts';

/** Identity claims of an ID token of Microsoft Entra ID. */
export interface EntraProfile {
  /** Claim `oid`: the person's object id, which never changes. */
  readonly objectId: string;
  readonly email: string;
  readonly name: string | null;
}

type AccountDeps = { readonly db: Db; readonly clock: Clock };

/**
 * The account with the object id of a person who signed in through Microsoft Entra ID, or a new account. An account is never
 * looked up by e-mail address: a tenant's administrator can set any address, so it proves nothing.
 * @param role what the rules give now; null: there are no rules, so that an account keeps its role and a new one has the role viewer.
 * @returns a refusal when the account is disabled or the address belongs to another account.
 */
export async function entraAccount(
  deps: AccountDeps,
  profile: EntraProfile,
  role: Role | null = null,
): Promise<UserRow | EntraRefusal> {
  const known = await findUserByEntraObjectId(deps.db, profile.objectId);
  if (known !== null) {
    if (known.disabled) return 'disabled';
    if (role !== null) await applyRole(deps, known, role);
    await recordSignIn(deps.db, known.id, deps.clock.now());
    await appendAudit(deps.db, { actor: userRef(known), action: 'user.sign-in', subjectId: known.id, at: deps.clock.now() });
    return known;
  }
  return deps.db.$transaction(async (tx) => {
    const email = profile.email.trim().toLowerCase();
    if ((await tx.user.count({ where: { email } })) > 0) return 'address-taken';
    const user = await insertUser(tx, {
      id: newId('user'),
      email,
      name: profile.name,
      role: role ?? 'viewer',
      passwordHash: null,
      entraObjectId: profile.objectId,
    });
    await appendAudit(tx, {
      actor: userRef(user),
      action: 'user.create-from-entra',
      subjectId: user.id,
      at: deps.clock.now(),
      detail: { role: user.role },
    });
    await recordSignIn(tx, user.id, deps.clock.now());
    return user;
  });
}

/** Gives the account the role of the rules; the last administrator that can sign in stays one. */
async function applyRole(deps: AccountDeps, known: UserRow, role: Role): Promise<void> {
  if (known.role === role) return;
  await deps.db.$transaction(async (tx) => {
    await lockFirstUser(tx);
    const before = await findUserById(tx, known.id);
    if (before === null || before.role === role) return;
    if (before.role === 'admin' && !before.disabled && (await countActiveAdmins(tx)) === 1) return;
    await setUserRole(tx, known.id, role);
    const detail = { from: before.role, to: role };
    const at = deps.clock.now();
    await appendAudit(tx, { actor: userRef(known), action: 'user.change-role-by-entra', subjectId: known.id, at, detail });
  });
}
