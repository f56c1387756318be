import { z } from 'zod';
import type { ConnectionTestDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { setConnectionVerified } from '#lib/store/connection/connections.ts';
import { auditUse } from '../audit-use.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const TestConnectionInput = z.object({ connectionId: idSchema('conn') });
export type TestConnectionInput = z.input<typeof TestConnectionInput>;

/** Tests a connection: renews the token, calls Graph, and stores the permissions of the token. */
export async function testConnection({ ctx, input }: Call<TestConnectionInput>): Promise<ConnectionTestDto> {
  requireRole(ctx, 'editor', 'operates');
  const { connectionId } = TestConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const row = await requireConnection(ctx, connectionId);
  const use = { action: 'connection.test', subjectId: row.id, detail: { name: row.name } };
  const tested = await auditUse(ctx, use, () =>
    withSourceConnection(ctx, row, (at) => ctx.executor(row).testConnection({ connection: at })),
  );
  const { test, identity, credentialExpiresAt } = tested;
  await setConnectionVerified(ctx.db, row.id, {
    identity,
    at: ctx.clock.now(),
    expiry: credentialExpiresAt === null ? null : { at: credentialExpiresAt, source: 'registration' },
  });
  return test;
}
