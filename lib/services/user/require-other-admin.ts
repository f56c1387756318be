import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { canSignIn, countActiveAdmins, findUserById, lockFirstUser, type UserRow } from '#lib/store/account/users.ts';

/**
 * The person, after checking that at least one administrator who can sign in remains. Serialises changes of people: otherwise two
 * administrators could demote each other at the same time.
 */
export async function requireUserLeavingAnAdmin(tx: Tx, userId: string, staysAdmin: boolean): Promise<UserRow> {
  await lockFirstUser(tx);
  const user = await findUserById(tx, userId);
  if (user === null) throw new NotFoundError('person');
  const isActiveAdmin = user.role === 'admin' && canSignIn(user);
  if (isActiveAdmin && !staysAdmin && (await countActiveAdmins(tx)) === 1) {
    throw new ConflictError({
      code: 'last-admin',
      title: 'This account is the last administrator.',
      remedy: 'Give the role Administrator to another account first.',
      fixer: 'you',
    });
  }
  return user;
}
