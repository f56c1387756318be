import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { verificationExpired } from '#lib/services/verification/verification-problems.ts';
import { deleteOldIdempotencyKeys } from '#lib/store/account/idempotency-keys.ts';
import { deleteOldPasswordLinks } from '#lib/store/account/password-links.ts';
import { deleteOldSessions } from '#lib/store/account/sessions.ts';
import { deleteOldFailures } from '#lib/store/account/sign-in-failures.ts';
import { deleteUnusedCertificates } from '#lib/store/connection/certificates.ts';
import { deleteAbandonedSecrets } from '#lib/store/connection/verifications.ts';
import { deleteOldCommands } from '#lib/store/gateway/commands.ts';
import { deleteOldProofs } from '#lib/store/gateway/proofs.ts';
import { deleteOldNotifications } from '#lib/store/notification/notifications.ts';
import { deleteOldFirings } from '#lib/store/schedule/firings.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/**
 * A verification ends after 15 minutes; after a successful one the person has this much more time to press Create, milliseconds. With ten minutes
 * between two jobs, secrets of an abandoned dialog are deleted within the hour.
 */
const DIALOG_MS = 30 * MINUTE_MS;
/** Age of a certificate's last use in a dialog, milliseconds: time to upload it to the app registration and return. */
const CERTIFICATE_MS = 45 * MINUTE_MS;
/** How long planned times are kept, milliseconds, to investigate missing runs; runs are kept. */
const FIRINGS_KEPT_MS = 90 * DAY_MS;
/** Maximum lifetime of a session, milliseconds (ENTRADA_SESSION_HOURS). */
const SESSION_MS_MAX = 31 * DAY_MS;
/** How long notifications with their deliveries and attempts are kept, milliseconds. */
const NOTIFICATION_MS = 90 * DAY_MS;

/** How long ended commands are kept, milliseconds, so that a gateway that reconnects learns of the end. */
const COMMAND_MS = 60 * MINUTE_MS;

export async function removeExpired({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<void> {
  const now = clock.now();
  const ago = (ms: number) => new Date(now.getTime() - ms);
  await db.$transaction(async (tx) => {
    await deleteAbandonedSecrets(tx, ago(DIALOG_MS), verificationExpired().problem);
    await deleteUnusedCertificates(tx, { before: ago(CERTIFICATE_MS) });
  });
  await deleteOldSessions(db, ago(SESSION_MS_MAX));
  await deleteOldPasswordLinks(db, now);
  await deleteOldFailures(db, ago(DAY_MS));
  await deleteOldCommands(db, ago(COMMAND_MS));
  await deleteOldProofs(db, now);
  await deleteOldIdempotencyKeys(db, ago(DAY_MS));
  await deleteOldNotifications(db, ago(NOTIFICATION_MS));
  await deleteOldFirings(db, ago(FIRINGS_KEPT_MS));
}
