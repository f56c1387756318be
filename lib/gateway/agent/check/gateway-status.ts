import { openGatewayFolder } from '../folder/gateway-folder.ts';
import { type GatewayState, readState } from '../folder/gateway-state.ts';
import { lockHolder } from '../folder/process-lock.ts';
import { readIdentity } from '../link/registration.ts';

export interface CommandOutput {
  readonly text: string;
  readonly exitCode: number;
}

const LINK: Readonly<Record<GatewayState['link'], string>> = {
  connected: 'connected',
  connecting: 'not connected; retrying',
  stopping: 'stopping',
};

/** Identity and state of the gateway of a data folder. Exit code 0: it is connected; 1: it is not, or is not running. */
export function gatewayStatus(dataDir: string, { json }: { readonly json: boolean }): CommandOutput {
  const folder = openGatewayFolder(dataDir);
  const identity = readIdentity(folder);
  const process = lockHolder(folder.lockFile);
  const state = process === null ? null : readState(folder);
  const exitCode = state?.link === 'connected' ? 0 : 1;
  if (json) return { text: `${JSON.stringify({ dataDir, registered: identity, process, state }, null, 2)}\n`, exitCode };
  const lines: (readonly [string, string])[] = [['Data folder', dataDir]];
  if (identity === null) lines.push(['Gateway', 'not registered']);
  else lines.push(['Gateway', `${state?.name ?? identity.name} (${identity.gatewayId})`], ['Server', identity.server]);
  if (process === null) lines.push(['State', 'not running']);
  else if (state !== null) lines.push(...stateLines(process.pid, state));
  return { text: `${lines.map(([label, value]) => `${label.padEnd(14)}${value}`).join('\n')}\n`, exitCode };
}

function stateLines(pid: number, state: GatewayState): readonly (readonly [string, string])[] {
  const { link, since, problem, version, serverVersion, upgradeAvailable, working, startedAt } = state;
  const server = serverVersion === null ? '' : `; the server has ${serverVersion}`;
  return [
    ['Process', `${pid}, started ${startedAt}`],
    ['State', `${LINK[link]} since ${since}`],
    ...(problem === null
      ? []
      : ([['Problem', problem.title], ...(problem.remedy === undefined ? [] : [['Remedy', problem.remedy] as const])] as const)),
    ['Version', `${version}${server}${upgradeAvailable ? '; an upgrade is available' : ''}`],
    ['Working on', working.length === 0 ? 'nothing' : `${working.length}`],
    ...working.map(
      ({ name, subject, since: from }) => ['', `${name}${subject === '' ? '' : ` ${subject}`}, since ${from}`] as const,
    ),
  ];
}
