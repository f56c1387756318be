import { z } from 'zod';
import type { CertificateDto } from '#lib/domain/connection/connection.ts';
import {
  CERTIFICATE_MAX_CHARS,
  type CertificateFiles,
  generateCertificate,
  readCertificate,
} from '#lib/platform/crypto/certificate.ts';
import { newId } from '#lib/platform/id.ts';
import { insertCertificate, toCertificateDto } from '#lib/store/connection/certificates.ts';
import { insertSecret } from '#lib/store/connection/secrets.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';
import { write } from '../write.ts';

export const AddCertificateInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generate') }),
  z.object({
    kind: z.literal('upload'),
    pem: z.string().max(CERTIFICATE_MAX_CHARS, 'The text is too long for a certificate and its private key.'),
  }),
]);
export type AddCertificateInput = z.input<typeof AddCertificateInput>;

/** Validity of a generated certificate, days: the maximum that Entra allows for a client secret. */
const DAYS = 730;

/**
 * Stores a certificate for an application: generated here, or uploaded with its private key. The key is stored encrypted and never
 * leaves the server; the answer has the public part, to upload to the app registration.
 * @throws InvalidInputError that names `pem`.
 */
export async function addCertificate({ ctx, input }: Call<AddCertificateInput>): Promise<CertificateDto> {
  const actor = requirePerson(ctx, 'editor');
  const wanted = AddCertificateInput.parse(input);
  const now = ctx.clock.now();
  const files: CertificateFiles =
    wanted.kind === 'upload'
      ? readCertificate(wanted.pem, now)
      : await generateCertificate({ commonName: `Entrada ${now.toISOString().slice(0, 10)}`, now, days: DAYS });
  const { privateKeyPem, certificatePem: pem, ...facts } = files;
  const id = newId('cert');
  return write(ctx, async (tx, audit) => {
    const row = {
      id,
      ownerId: actor.userId,
      pem,
      generated: wanted.kind === 'generate',
      privateKeyId: await insertSecret(tx, ctx.ring, { kind: 'certificate-key', ownerId: id }, privateKeyPem),
      ...facts,
    };
    await insertCertificate(tx, row, now);
    await audit({ action: `certificate.${wanted.kind}`, subjectId: id, detail: { thumbprint: facts.thumbprintSha1 } });
    return toCertificateDto(row);
  });
}
