import type { GatewayChoice } from '#lib/domain/gateway/gateway.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { findGatewayGroup, type GatewayGroupRow } from '#lib/store/gateway/gateway-groups.ts';
import { findChosenGateways, findGateway, type GatewayRow } from '#lib/store/gateway/gateways.ts';

/** @throws NotFoundError */
export async function requireGateway(ctx: { readonly db: Db | Tx }, id: string): Promise<GatewayRow> {
  const row = await findGateway(ctx.db, id);
  if (row === null) throw new NotFoundError('data gateway');
  return row;
}

/** @throws NotFoundError */
export async function requireGatewayGroup(ctx: { readonly db: Db | Tx }, id: string): Promise<GatewayGroupRow> {
  const row = await findGatewayGroup(ctx.db, id);
  if (row === null) throw new NotFoundError('gateway group');
  return row;
}

/**
 * Checks that the chosen gateway or group exists. Returns the gateways that may do the work; empty for the server itself.
 * @throws NotFoundError; InvalidInputError when both are named
 */
export async function requireGatewayChoice(ctx: { readonly db: Db | Tx }, choice: GatewayChoice): Promise<readonly GatewayRow[]> {
  if (choice.gatewayId !== null && choice.gatewayGroupId !== null) throw bothNamed();
  const rows = await findChosenGateways(ctx.db, choice);
  if (rows === null) throw new NotFoundError(choice.gatewayId === null ? 'gateway group' : 'data gateway');
  return rows;
}

function bothNamed(): InvalidInputError {
  return new InvalidInputError({
    code: 'invalid-input',
    title: 'Enter a data gateway or a gateway group, not both.',
    fixer: 'you',
    field: 'gatewayId',
  });
}
