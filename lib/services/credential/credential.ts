import type { ClientCredential } from '#lib/domain/account/session.ts';
import type { ConnectionSettingsInput } from '#lib/domain/connection/connection.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { notVerified } from '#lib/services/verification/verification-problems.ts';
import { type CertificateRow, findCertificate } from '#lib/store/connection/certificates.ts';
import { type ConnectionRow, type CredentialExpiry, findConnection } from '#lib/store/connection/connections.ts';
import { insertSecret, openSecret } from '#lib/store/connection/secrets.ts';
import type { Context } from '../context.ts';
import { requirePerson } from '../require-role.ts';

/** A credential for a verification or a connection: in clear text for this call, and in the form to store. */
export interface ChosenCredential {
  readonly clear: ClientCredential;
  /** The secret to store, or the certificate that is stored already. */
  readonly store: { readonly secret: string } | { readonly certificateId: string };
  readonly expiry: CredentialExpiry | null;
}

/** References to a stored credential, of a connection or a verification. */
interface StoredCredential {
  readonly id: string;
  readonly clientSecretId: string | null;
  readonly certificateId: string | null;
}

/** The stored credential in clear text. @throws ConflictError `not-verified` when it was moved meanwhile. */
export async function openCredential(
  ctx: Pick<Context, 'ring'> & { readonly db: Db | Tx },
  row: StoredCredential,
): Promise<ClientCredential> {
  if (row.certificateId !== null) return openCertificate(ctx, await requireCertificate(ctx, row.certificateId));
  if (row.clientSecretId === null) throw notVerified();
  const { plaintext } = await openSecret(ctx.db, ctx.ring, { kind: 'client-secret', ownerId: row.id }, row.clientSecretId);
  return { kind: 'secret', secret: plaintext };
}

async function openCertificate(
  ctx: Pick<Context, 'ring'> & { readonly db: Db | Tx },
  row: CertificateRow,
): Promise<ClientCredential> {
  const { plaintext } = await openSecret(ctx.db, ctx.ring, { kind: 'certificate-key', ownerId: row.id }, row.privateKeyId);
  return {
    kind: 'certificate',
    thumbprintSha1: row.thumbprintSha1,
    thumbprintSha256: row.thumbprintSha256,
    privateKeyPem: plaintext,
  };
}

async function requireCertificate(ctx: { readonly db: Db | Tx }, id: string): Promise<CertificateRow> {
  const row = await findCertificate(ctx.db, id);
  if (row === null) throw new NotFoundError('certificate');
  return row;
}

type ChoiceInput = Pick<ConnectionSettingsInput, 'credential' | 'clientSecret' | 'certificateId' | 'connectionId'> & Registration;

/** The app registration and cloud that a credential is sent to. */
type Registration = Pick<ConnectionSettingsInput, 'clientId' | 'tenant' | 'graphBaseUrl'>;

/**
 * The chosen credential: an entered secret, one of the person's certificates, or (neither given) that of the connection being changed.
 * The stored credential is used only for the app registration that it was stored for: otherwise anyone who may edit could have it sent elsewhere.
 * @throws NotFoundError for another person's certificate or a connection that does not exist; InvalidInputError `credential-of-other-registration`.
 */
export async function chooseCredential(ctx: Context, input: ChoiceInput): Promise<ChosenCredential> {
  const { userId } = requirePerson(ctx, 'editor');
  const existing = input.connectionId === null ? null : await findConnection(ctx.db, input.connectionId);
  if (input.connectionId !== null && existing === null) throw new NotFoundError('connection');
  if (input.credential === 'secret' && input.clientSecret !== '') {
    return {
      clear: { kind: 'secret', secret: input.clientSecret },
      store: { secret: input.clientSecret },
      expiry: null,
    };
  }
  if (input.credential === 'certificate' && input.certificateId !== null) {
    const row = await requireCertificate(ctx, input.certificateId);
    const own = row.ownerId === userId || existing?.certificateId === row.id;
    if (!own) throw new NotFoundError('certificate');
    if (existing?.certificateId === row.id && row.ownerId !== userId) requireSame(ctx, input, existing);
    return {
      clear: await openCertificate(ctx, row),
      store: { certificateId: row.id },
      expiry: { at: row.notAfter, source: 'certificate' },
    };
  }
  return keptCredential(ctx, input, existing);
}

async function keptCredential(
  ctx: Context,
  input: Pick<ConnectionSettingsInput, 'credential'> & Registration,
  existing: ConnectionRow | null,
): Promise<ChosenCredential> {
  const kept = existing === null ? null : existing.certificateId === null ? 'secret' : 'certificate';
  if (existing === null || kept !== input.credential) throw notVerified();
  requireSame(ctx, input, existing);
  const clear = await openCredential(ctx, existing);
  const store = clear.kind === 'secret' ? { secret: clear.secret } : { certificateId: existing.certificateId ?? '' };
  return { clear, store, expiry: knownExpiry(existing) };
}

/** @throws InvalidInputError when client id, tenant or authority differ from those of the stored credential. */
function requireSame(ctx: Context, wanted: Registration, stored: ConnectionRow): void {
  const authorityOf = ({ graphBaseUrl }: Pick<Registration, 'graphBaseUrl'>): string => {
    const { origin } = new URL(graphBaseUrl);
    return ctx.config.clouds.find(({ graphOrigin }) => graphOrigin === origin)?.authorityOrigin ?? origin;
  };
  const same =
    wanted.clientId === stored.clientId &&
    wanted.tenant.toLowerCase() === stored.tenant.toLowerCase() &&
    authorityOf(wanted) === authorityOf(stored);
  if (same) return;
  throw new InvalidInputError({
    code: 'credential-of-other-registration',
    title: 'The stored credential belongs to another client ID, tenant or cloud.',
    remedy: 'Enter the Value of a client secret of this registration, or choose one of your certificates.',
    fixer: 'you',
    field: stored.certificateId === null ? 'clientSecret' : 'certificateId',
  });
}

/** The end of the entered day: a secret that expires on a day is still valid for a part of it. */
export function enteredExpiry(day: string | null): CredentialExpiry | null {
  return day === null ? null : { at: new Date(`${day}T23:59:59.000Z`), source: 'person' };
}

function knownExpiry(row: ConnectionRow): CredentialExpiry | null {
  const source = (['person', 'registration', 'certificate'] as const).find((known) => known === row.expirySource);
  return row.credentialExpiresAt === null || source === undefined ? null : { at: row.credentialExpiresAt, source };
}

/** Stores the credential for `ownerId`; returns the columns that refer to it. */
export async function storeCredential(
  ctx: Pick<Context, 'ring'>,
  tx: Tx,
  ownerId: string,
  { store }: Pick<ChosenCredential, 'store'>,
): Promise<{ readonly clientSecretId: string | null; readonly certificateId: string | null }> {
  if ('certificateId' in store) return { clientSecretId: null, certificateId: store.certificateId };
  const clientSecretId = await insertSecret(tx, ctx.ring, { kind: 'client-secret', ownerId }, store.secret);
  return { clientSecretId, certificateId: null };
}
