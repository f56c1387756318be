import { z } from 'zod';
import { idSchema } from '../id.ts';
import type { RunSummaryDto } from '../run/run.ts';
import { GatewayActivity, GatewayState } from './gateway.ts';

// Answers of the services about data gateways; the API describes its answers by the same schemas.

const Moment = z.iso.datetime();
const Named = <K extends 'conn' | 'targ' | 'gwg'>(kind: K) => z.object({ id: idSchema(kind), name: z.string() });

export const GatewayDto = z.object({
  id: idSchema('gw'),
  name: z.string(),
  description: z.string(),
  state: GatewayState,
  group: Named('gwg').nullable(),
  /** Version of Entrada; null until it registered. */
  version: z.string().nullable(),
  hostName: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  lastSeenAt: Moment.nullable(),
  /** Its current work, as last reported. */
  activity: z.array(GatewayActivity).readonly(),
  /** Connections and targets that name this gateway; those that name its group do not count. */
  connectionCount: z.number().int().min(0),
  targetCount: z.number().int().min(0),
  createdAt: Moment,
});
export type GatewayDto = z.infer<typeof GatewayDto>;

export const GatewayDetailDto = GatewayDto.extend({
  protocolVersion: z.string().nullable(),
  /** Versions of the server, to compare with. */
  serverVersion: z.string(),
  registeredAt: Moment.nullable(),
  connectedSince: Moment.nullable(),
  deactivatedAt: Moment.nullable(),
  createdBy: z.string().nullable(),
  /** A registration key that was not used yet; `expired` after its lifetime. */
  key: z.object({ expiresAt: Moment, expired: z.boolean() }).nullable(),
  allowPreviews: z.boolean(),
  allowLandedRows: z.boolean(),
  /** Connections and targets that name it or its group. */
  connections: z.array(Named('conn')).readonly(),
  targets: z.array(Named('targ')).readonly(),
});
type GatewayDetailFields = z.infer<typeof GatewayDetailDto>;
export interface GatewayDetailDto extends GatewayDetailFields {
  /** Last runs of the connections that name it or its group, newest first. */
  readonly runs: readonly RunSummaryDto[];
}

/** The only answer that contains a registration key. */
export const RegistrationKeyDto = z.object({ key: z.string(), expiresAt: Moment });
export type RegistrationKeyDto = z.infer<typeof RegistrationKeyDto>;

export const GatewayGroupDto = z.object({
  id: idSchema('gwg'),
  name: z.string(),
  description: z.string(),
  /** Connected when at least one member is. */
  state: GatewayState,
  members: z.array(z.object({ id: idSchema('gw'), name: z.string(), state: GatewayState })).readonly(),
  connectionCount: z.number().int().min(0),
  targetCount: z.number().int().min(0),
  createdAt: Moment,
});
export type GatewayGroupDto = z.infer<typeof GatewayGroupDto>;
