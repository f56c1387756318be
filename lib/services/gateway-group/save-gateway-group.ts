import { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { GatewayDescription, GatewayName } from '#lib/domain/gateway/gateway.ts';
import type { GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import {
  insertGatewayGroup,
  lockGatewayGroup,
  setGroupMembers,
  updateGatewayGroupRow,
} from '#lib/store/gateway/gateway-groups.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call, Context } from '../context.ts';
import { requireGatewayGroup } from '../gateway/require-gateway.ts';
import { toGatewayGroupDto } from '../gateway/to-gateway-dto.ts';
import { requireRole } from '../require-role.ts';
import { type AuditFact, write } from '../write.ts';

export const CreateGatewayGroupInput = z.object({
  name: GatewayName,
  description: GatewayDescription,
  /** A gateway of another group leaves that group. */
  gatewayIds: z.array(idSchema('gw')).max(100).default([]),
});
export type CreateGatewayGroupInput = z.input<typeof CreateGatewayGroupInput>;

export const UpdateGatewayGroupInput = CreateGatewayGroupInput.extend({ gatewayGroupId: idSchema('gwg') });
export type UpdateGatewayGroupInput = z.input<typeof UpdateGatewayGroupInput>;

/** Creates a group of gateways in one network; any connected one gets the work. @throws ConflictError `name-taken` */
export async function createGatewayGroup({ ctx, input }: Call<CreateGatewayGroupInput>): Promise<GatewayGroupDto> {
  const actor = requireRole(ctx, 'admin');
  const { name, description, gatewayIds } = CreateGatewayGroupInput.parse(input);
  const id = newId('gwg');
  return save(ctx, { id, gatewayIds }, async (tx) => {
    await insertGatewayGroup(tx, { id, name, description, createdById: actorRef(actor).userId });
    return { action: 'gateway-group.create', subjectId: id, detail: { name } };
  });
}

/** Replaces name, description and members. @throws NotFoundError; ConflictError `name-taken` */
export async function updateGatewayGroup({ ctx, input }: Call<UpdateGatewayGroupInput>): Promise<GatewayGroupDto> {
  requireRole(ctx, 'admin');
  const { gatewayGroupId: id, name, description, gatewayIds } = UpdateGatewayGroupInput.parse(input);
  return save(ctx, { id, gatewayIds }, async (tx) => {
    if (!(await lockGatewayGroup(tx, id))) throw new NotFoundError('gateway group');
    await updateGatewayGroupRow(tx, id, { name, description });
    return { action: 'gateway-group.update', subjectId: id, detail: { name } };
  });
}

async function save(
  ctx: Context,
  { id, gatewayIds }: { readonly id: string; readonly gatewayIds: readonly string[] },
  store: (tx: Tx) => Promise<AuditFact>,
): Promise<GatewayGroupDto> {
  const members = [...new Set(gatewayIds)];
  try {
    await write(ctx, async (tx, audit) => {
      const fact = await store(tx);
      if ((await setGroupMembers(tx, id, members)) !== members.length) throw new NotFoundError('data gateway');
      await audit({ ...fact, detail: { ...fact.detail, members } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('gateway group', error);
    throw error;
  }
  return toGatewayGroupDto(await requireGatewayGroup(ctx, id), ctx.clock.now());
}
