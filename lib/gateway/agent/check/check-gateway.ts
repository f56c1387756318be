import { AppError, toProblem } from '#lib/platform/errors.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { openGatewayFolder } from '../folder/gateway-folder.ts';
import { openKeys } from '../folder/keys.ts';
import { readReachedEndpoints } from '../folder/reached-endpoints.ts';
import { readIdentity } from '../link/registration.ts';
import { createServerClient } from '../link/server-client.ts';
import { createServerConnection } from '../link/server-connection.ts';
import type { GatewayOptions } from '../start-gateway.ts';
import type { CommandOutput } from './gateway-status.ts';
import { checkClouds, checkTargets, type ReachCheck } from './reach.ts';

const TIMEOUT_MS = 15_000;

/**
 * Checks what a gateway has to reach: its server, Entra and Graph, and the targets of earlier commands. Exit code 0: all are
 * reachable; 1: at least one is not.
 */
export async function checkGateway(options: GatewayOptions): Promise<CommandOutput> {
  const folder = openGatewayFolder(options.dataDir);
  const { graphBaseUrls, targets } = readReachedEndpoints(folder);
  const config = { ...options.source, openAccessTokens: accessTokensFrom(noTokens) };
  const checks = [
    await checkServer(options),
    ...(await checkClouds(config, graphBaseUrls)),
    ...(await checkTargets(targets, options.rules)),
  ];
  const text = checks.map(lineOf).join('');
  const isFine = checks.every(({ problem }) => problem === null);
  const note = targets.length === 0 ? 'This gateway has not reached a target yet. Test a target on the page Targets.\n' : '';
  return { text: text + note, exitCode: isFine ? 0 : 1 };
}

/** Sends a request that needs no registration: an answer in the server's own format proves that it is reachable. */
async function checkServer(options: GatewayOptions): Promise<ReachCheck> {
  const folder = openGatewayFolder(options.dataDir);
  const identity = readIdentity(folder);
  const server = options.server ?? identity?.server ?? null;
  if (server === null) return { what: 'server', where: '-', problem: noServer() };
  const connection = createServerConnection({ server, caPem: options.source.caPem, proxy: options.source.proxy ?? null });
  try {
    const keys = await openKeys(folder);
    const gatewayId = identity?.server === server ? identity.gatewayId : null;
    const client = createServerClient({ server, connection, keys, gatewayId, clock: options.source.clock });
    await client.hello(AbortSignal.timeout(TIMEOUT_MS));
    return { what: 'server', where: server, problem: null };
  } catch (error) {
    return { what: 'server', where: server, problem: toProblem(error) };
  } finally {
    await connection.close();
  }
}

function noServer() {
  return {
    code: 'gateway-server-address',
    title: 'The gateway does not know the address of the server.',
    remedy: 'Set --server or ENTRADA_GATEWAY_SERVER.',
  } as const;
}

function noTokens(): never {
  throw new AppError({ code: 'no-token', title: 'The command gateway check does not sign in.' });
}

function lineOf({ what, where, problem }: ReachCheck): string {
  const head = `${problem === null ? 'ok     ' : 'failed '} ${what.padEnd(18)} ${where}\n`;
  if (problem === null) return head;
  const words = [problem.title, problem.detail, problem.remedy].filter((text) => text !== undefined);
  return head + words.map((text) => `        ${text}\n`).join('');
}
