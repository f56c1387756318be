import { userRef } from '#lib/domain/account/actor.ts';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { findUserByEntraObjectId, insertUser, recordSignIn, type UserRow } from '#lib/store/account/users.ts';

/** Identity claims of an ID token of Microsoft Entra ID. */
export interface EntraProfile {
  /** Claim `oid`: the person's object id, which never changes. */
  readonly objectId: string;
  readonly email: string;
  readonly name: string | null;
}

/**
 * The account with the object id of a person who signed in through Microsoft Entra ID, or a new account with the role viewer. An account is never
 * looked up by e-mail address: a tenant's administrator can set any address, so it proves nothing.
 * @returns a refusal when the account is disabled or the address belongs to another account.
 */
export async function entraAccount(deps: { db: Db; clock: Clock }, profile: EntraProfile): Promise<UserRow | EntraRefusal> {
  const known = await findUserByEntraObjectId(deps.db, profile.objectId);
  if (known !== null) {
    if (known.disabled) return 'disabled';
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
      role: 'viewer',
      passwordHash: null,
      entraObjectId: profile.objectId,
    });
    await appendAudit(tx, {
      actor: userRef(user),
      action: 'user.create-from-entra',
      subjectId: user.id,
      at: deps.clock.now(),
    });
    await recordSignIn(tx, user.id, deps.clock.now());
    return user;
  });
}
