import type { GatewayState } from '#lib/domain/gateway/gateway.ts';
import { PROTOCOL_VERSION } from '#lib/gateway/version.ts';
import { newId } from '#lib/platform/id.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import { withDatabase } from './leaks.ts';
import type { Product } from './product.ts';

/** Columns that make the state, as the gateway's messages leave them behind. SQL. */
interface StateColumns {
  readonly registered: string;
  readonly seen: string;
  readonly connected: string;
  readonly version: string | null;
  readonly protocol: string | null;
  readonly deactivated: string;
}

// The time of the last message is in the future, so that the state lasts as long as the test.
const CONNECTED: StateColumns = {
  registered: "now() - interval '40 days'",
  seen: "now() + interval '1 hour'",
  connected: "now() - interval '2 hours'",
  version: ENTRADA_VERSION,
  protocol: PROTOCOL_VERSION,
  deactivated: 'NULL',
};

const COLUMNS: Readonly<Record<GatewayState, StateColumns>> = {
  connected: CONNECTED,
  disconnected: { ...CONNECTED, seen: "now() - interval '3 hours'", connected: 'NULL' },
  'never-connected': { ...CONNECTED, registered: 'NULL', seen: 'NULL', connected: 'NULL', version: null, protocol: null },
  'upgrade-available': { ...CONNECTED, version: '0.0.9' },
  'unsupported-version': { ...CONNECTED, version: '0.0.1', protocol: '0.9', connected: 'NULL' },
  deactivated: { ...CONNECTED, deactivated: "now() - interval '5 days'", connected: 'NULL' },
};

export interface GatewayRows {
  /** The disconnected gateway connects. */
  connect(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A gateway in each state, named as in `names`, and groups: one whose members are the connected and the disconnected gateway, one with the
 * deactivated one, and one without any.
 */
export async function insertGateways(
  app: Product,
  names: Readonly<Record<GatewayState, string>>,
  groups: Readonly<Record<'connected' | 'away' | 'empty', string>>,
): Promise<GatewayRows> {
  const ids = Object.fromEntries(Object.keys(names).map((state) => [state, newId('gw')])) as Record<GatewayState, string>;
  const groupIds = { connected: newId('gwg'), away: newId('gwg'), empty: newId('gwg') };
  const groupOf: Partial<Record<GatewayState, string>> = {
    ...{ connected: groupIds.connected, disconnected: groupIds.connected, deactivated: groupIds.away },
  };
  await withDatabase(app, async (client) => {
    for (const key of ['connected', 'away', 'empty'] as const)
      await client.query('INSERT INTO gateway_groups (id, name) VALUES ($1, $2)', [groupIds[key], groups[key]]);
    for (const state of Object.keys(names) as GatewayState[]) {
      const { registered, seen, connected, version, protocol, deactivated } = COLUMNS[state];
      await client.query(
        `INSERT INTO gateways (id, name, group_id, registered_at, last_seen_at, connected_since, version, protocol_version, deactivated_at,
           host_name, operating_system)
         VALUES ($1, $2, $3, ${registered}, ${seen}, ${connected}, $4, $5, ${deactivated}, $6, $7)`,
        [
          ...[ids[state], names[state], groupOf[state] ?? null, version, protocol],
          ...(version === null ? [null, null] : ['plant-07.contoso.example', 'Linux 6.12.0 x64']),
        ],
      );
    }
  });
  return {
    connect: () =>
      withDatabase(app, async (client) => {
        const columns = `last_seen_at = ${CONNECTED.seen}, connected_since = now()`;
        await client.query(`UPDATE gateways SET ${columns} WHERE id = $1`, [ids.disconnected]);
      }),
    remove: () =>
      withDatabase(app, async (client) => {
        await client.query('DELETE FROM gateways WHERE id = ANY($1)', [Object.values(ids)]);
        await client.query('DELETE FROM gateway_groups WHERE id = ANY($1)', [Object.values(groupIds)]);
      }),
  };
}
