import { z } from 'zod';
import { idSchema } from '../id.ts';
import type { RunSummaryDto } from '../run/run.ts';
import { GatewayActivity, GatewayState } from './gateway.ts';

// What services answer about data gateways; the API describes its answers by the same schemas.

const Moment = z.iso.datetime();
const Named = <K extends 'conn' | 'targ' | 'gwg'>(kind: K) => z.object({ id: idSchema(kind), name: z.string() });

export const GatewayDto = z.object({
  id: idSchema('gw'),
  name: z.string(),
  description: z.string(),
  state: GatewayState,
  group: Named('gwg').nullable(),
  /** Of Entrada; null until it registered. */
  version: z.string().nullable(),
  hostName: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  lastSeenAt: Moment.nullable(),
  /** What it works on now, as it last said. */
  activity: z.array(GatewayActivity).readonly(),
  /** Connections and targets that name it; those that name its group are not counted. */
  connectionCount: z.number().int().min(0),
  targetCount: z.number().int().min(0),
  createdAt: Moment,
});
export type GatewayDto = z.infer<typeof GatewayDto>;

export const GatewayDetailDto = GatewayDto.extend({
  protocolVersion: z.string().nullable(),
  /** What the server is, to compare with. */
  serverVersion: z.string(),
  registeredAt: Moment.nullable(),
  connectedSince: Moment.nullable(),
  deactivatedAt: Moment.nullable(),
  createdBy: z.string().nullable(),
  /** A registration key that waits to be used; `expired` when its time is over. */
  key: z.object({ expiresAt: Moment, expired: z.boolean() }).nullable(),
  allowPreviews: z.boolean(),
  allowLandedRows: z.boolean(),
  /** What names it or its group. */
  connections: z.array(Named('conn')).readonly(),
  targets: z.array(Named('targ')).readonly(),
});
type GatewayDetailFields = z.infer<typeof GatewayDetailDto>;
export interface GatewayDetailDto extends GatewayDetailFields {
  /** Last runs of the connections that name it or its group, the newest first. */
  readonly runs: readonly RunSummaryDto[];
}

/** The one answer that holds a registration key. */
export const RegistrationKeyDto = z.object({ key: z.string(), expiresAt: Moment });
export type RegistrationKeyDto = z.infer<typeof RegistrationKeyDto>;

export const GatewayGroupDto = z.object({
  id: idSchema('gwg'),
  name: z.string(),
  description: z.string(),
  /** Connected when one of its members is. */
  state: GatewayState,
  members: z.array(z.object({ id: idSchema('gw'), name: z.string(), state: GatewayState })).readonly(),
  connectionCount: z.number().int().min(0),
  targetCount: z.number().int().min(0),
  createdAt: Moment,
});
export type GatewayGroupDto = z.infer<typeof GatewayGroupDto>;
