import type { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { createGraphClient, type GraphClient } from '#lib/graph/client/client.ts';
import { systemClock } from '#lib/platform/clock.ts';

/** A Graph client whose transport is the Graph half of the emulator, without sockets; records the requests. */
export function rigGraph(
  rig: ReturnType<typeof createGraphRig>,
  { scopes, version = 'v1.0' }: { readonly scopes?: string; readonly version?: 'v1.0' | 'beta' } = {},
): { readonly graph: GraphClient; readonly asked: string[] } {
  const asked: string[] = [];
  const graph = createGraphClient({
    http: {
      send: async ({ method = 'GET', url, headers = {}, body }) => {
        asked.push(decodeURIComponent(url));
        const { authorization: _, ...sent } = headers;
        const answer = await rig.call(url, {
          method,
          headers: sent,
          ...(scopes === undefined ? {} : { scopes }),
          ...(body === undefined ? {} : { body: JSON.parse(String(body)) as unknown }),
        });
        return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.text) };
      },
      close: async () => undefined,
    },
    clock: systemClock,
    baseUrl: `https://localhost:1/${version}`,
    accessToken: async () => 'token',
    wait: async () => undefined,
  });
  return { graph, asked };
}
