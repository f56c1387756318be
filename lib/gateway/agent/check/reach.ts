import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Problem } from '#lib/domain/problem.ts';
import { MICROSOFT_CLOUDS, resolveCloud } from '#lib/entra/clouds.ts';
import { AppError, RemoteError, toProblem } from '#lib/platform/errors.ts';
import { type AnsweredRequest, findIntermediaryResponse } from '#lib/platform/http/intermediary-response.ts';
import { openHttp, type SourceConfig } from '#lib/source/connect.ts';
import { allowedAddress } from '#lib/targets/allowed-address.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import type { ReachedEndpoints } from '../folder/reached-endpoints.ts';

/** Whether a host or folder is reachable from this machine. */
export interface ReachCheck {
  readonly what: string;
  readonly where: string;
  /** Null: it is reachable. */
  readonly problem: Problem | null;
}

const TIMEOUT_MS = 15_000;

/** Checks Entra and Graph of these base URLs; without any, those of Microsoft's global cloud. Needs no sign-in. */
export async function checkClouds(config: SourceConfig, graphBaseUrls: readonly string[]): Promise<readonly ReachCheck[]> {
  const bases = graphBaseUrls.length > 0 ? graphBaseUrls : defaultBases(config);
  const http = openHttp(config);
  const ask = async (what: AnsweredRequest['service'], url: string): Promise<ReachCheck> => {
    const where = new URL(url).origin;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await http.send({ method: 'GET', url, headers: {}, signal });
      const foreign = findIntermediaryResponse(answer, { url, service: what, expects: 'json' });
      return { what, where, problem: foreign?.problem ?? null };
    } catch (error) {
      return { what, where, problem: toProblem(error) };
    }
  };
  try {
    const checks = bases.flatMap((base) => {
      const { cloud, baseUrl } = resolveCloud(base, config.extraClouds);
      const metadata = `${cloud.authorityOrigin}/organizations/v2.0/.well-known/openid-configuration`;
      return [ask('Microsoft Entra ID', metadata), ask('Graph', `${baseUrl}/organization`)];
    });
    return await Promise.all(checks);
  } finally {
    await http.close();
  }
}

function defaultBases({ extraClouds }: SourceConfig): readonly string[] {
  const clouds = extraClouds.length > 0 ? extraClouds : MICROSOFT_CLOUDS.slice(0, 1);
  return clouds.map(({ graphOrigin }) => `${graphOrigin}/v1.0`);
}

/** Checks the targets of earlier commands: whether a server accepts a connection, whether a folder can be written. */
export function checkTargets(targets: ReachedEndpoints['targets'], rules: TargetRules): Promise<readonly ReachCheck[]> {
  const check = async ({ location, reach }: ReachedEndpoints['targets'][number]): Promise<ReachCheck> => {
    try {
      await ('folder' in reach ? requireWritable(reach.folder) : requireConnection(reach, rules));
      return { what: 'target', where: location, problem: null };
    } catch (error) {
      return { what: 'target', where: location, problem: toProblem(error) };
    }
  };
  return Promise.all(targets.map(check));
}

async function requireWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new AppError(
      {
        code: 'lake-forbidden',
        title: `The gateway cannot write to the folder ${path} (${(cause as NodeJS.ErrnoException).code}).`,
        remedy: 'Create the folder on the machine of the gateway, and give the user of the gateway write access.',
        fixer: 'operator',
      },
      { cause },
    );
  }
}

async function requireConnection(
  { host, port }: { readonly host: string; readonly port: number },
  rules: TargetRules,
): Promise<void> {
  const address = await allowedAddress(host.replace(/^\[|\]$/g, ''), rules);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: TIMEOUT_MS }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.once('error', (cause) => reject(notConnected(`${host}:${port}`, cause)));
  });
}

function notConnected(where: string, cause: NodeJS.ErrnoException): RemoteError {
  return new RemoteError(
    {
      code: 'landing-unreachable',
      title: `${where} does not accept a connection (${cause.code ?? cause.message}).`,
      remedy: 'Check that the server runs, and that a firewall lets the machine of the gateway reach it.',
      fixer: 'operator',
    },
    { cause },
  );
}
