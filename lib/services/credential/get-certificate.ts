import { z } from 'zod';
import type { CertificateDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { findCertificate, recordCertificateUse, toCertificateDto } from '#lib/store/connection/certificates.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';

export const GetCertificateInput = z.object({ certificateId: idSchema('cert') });
export type GetCertificateInput = z.input<typeof GetCertificateInput>;

/** The public part of the caller's own certificate. Records that its dialog is in use, which keeps the certificate. @throws NotFoundError */
export async function getCertificate({ ctx, input }: Call<GetCertificateInput>): Promise<CertificateDto> {
  const actor = requirePerson(ctx, 'editor');
  const row = await findCertificate(ctx.db, GetCertificateInput.parse(input).certificateId);
  if (row === null || row.ownerId !== actor.userId) throw new NotFoundError('certificate');
  await recordCertificateUse(ctx.db, row.id, ctx.clock.now());
  return toCertificateDto(row);
}
