import type { CertificateDto } from '#lib/domain/connection/connection.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

const CERTIFICATE = {
  id: true,
  ownerId: true,
  subject: true,
  thumbprintSha1: true,
  thumbprintSha256: true,
  pem: true,
  privateKeyId: true,
  generated: true,
  notBefore: true,
  notAfter: true,
} as const;

/** A certificate with the id of its private key, without the key. */
export interface CertificateRow {
  readonly id: string;
  readonly ownerId: string;
  readonly subject: string;
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  readonly pem: string;
  readonly privateKeyId: string;
  readonly generated: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export function toCertificateDto(row: CertificateRow): CertificateDto {
  return {
    id: row.id,
    subject: row.subject,
    thumbprint: row.thumbprintSha1,
    pem: row.pem,
    generated: row.generated,
    notAfter: row.notAfter.toISOString(),
  };
}

export async function insertCertificate(tx: Tx, row: CertificateRow, now: Date): Promise<void> {
  await tx.certificate.create({ data: { ...row, createdAt: now, lastSeenAt: now }, select: { id: true } });
}

/** Records that the dialog of a certificate is in use, so that the certificate is kept. */
export async function recordCertificateUse(db: Db, id: string, now: Date): Promise<void> {
  await db.certificate.updateMany({ where: { id }, data: { lastSeenAt: now } });
}

export async function findCertificate(db: Db | Tx, id: string): Promise<CertificateRow | null> {
  return db.certificate.findUnique({ where: { id }, select: CERTIFICATE });
}

/** Deletes unused certificates with their private keys: one, or those whose dialog was last in use before `before`. */
export async function deleteUnusedCertificates(
  tx: Tx,
  filter: { readonly before: Date } | { readonly id: string },
): Promise<void> {
  const unused = await tx.certificate.findMany({
    where: {
      connections: { none: {} },
      verifications: { none: {} },
      ...('id' in filter ? { id: filter.id } : { lastSeenAt: { lt: filter.before } }),
    },
    select: { id: true, privateKeyId: true },
  });
  await tx.certificate.deleteMany({ where: { id: { in: unused.map(({ id }) => id) } } });
  await tx.secret.deleteMany({ where: { id: { in: unused.map(({ privateKeyId }) => privateKeyId) } } });
}
