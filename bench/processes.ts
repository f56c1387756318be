import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { READER_ENV, READER_NODE_ARGS } from '#lib/platform/memory.ts';
import type { ContenderOptions, Measured } from './contenders/contender.ts';
import type { ContenderMessage, ContenderName } from './contenders/process.ts';
import type { ServerCommand, ServerOptions, ServerReply } from './server/process.ts';
import type { Behaviour, ServerStats } from './server/serve.ts';

/** The bench server in a separate process. */
export interface ServerProcess {
  readonly port: number;
  behave(behaviour: Behaviour): Promise<void>;
  change(changed: boolean): Promise<void>;
  stats(): Promise<ServerStats>;
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('server/process.ts', import.meta.url));
const CONTENDER = fileURLToPath(new URL('contenders/process.ts', import.meta.url));

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = fork(SERVER, [JSON.stringify(options)], { execArgv: ['--max-old-space-size=4096'] });
  const first = (await reply(child)) as { port: number };
  const send = async (command: ServerCommand): Promise<ServerReply> => {
    const answer = reply(child);
    child.send(command);
    return answer;
  };
  return {
    port: first.port,
    behave: async (behaviour) => void (await send({ type: 'behave', behaviour })),
    change: async (changed) => void (await send({ type: 'change', changed })),
    stats: async () => (await send({ type: 'stats' })) as ServerStats,
    stop: async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.disconnect();
      await gone;
    },
  };
}

/** Result of a contender, and the counters of the server. */
export interface Run extends Measured {
  readonly server: ServerStats;
}

/** Runs one contender in a new process. The server's counters start with its measured time. */
export async function runContender(
  name: ContenderName,
  options: ContenderOptions,
  server: ServerProcess,
  behaviour: Behaviour,
): Promise<Run> {
  await server.behave({ ...behaviour, latencyMs: 0, throttling: { kind: 'none' } });
  const isOurs = name.startsWith('ours');
  const child = fork(CONTENDER, [name, JSON.stringify(options)], {
    execPath: process.execPath,
    // Entrada runs with the options that the supervisor gives a worker.
    execArgv: isOurs ? [...READER_NODE_ARGS] : [],
    // Other programs use the process's own fetch, which needs this variable for another certificate authority.
    env: { ...process.env, ...(isOurs ? READER_ENV : {}), NODE_EXTRA_CA_CERTS: options.caFile },
  });
  await message(child, name);
  await server.behave(behaviour);
  const done = message(child, name);
  child.send('go');
  const answer = await done;
  if (answer.type !== 'done') throw new Error(`${name} ended out of turn`);
  const { rows, ms, cpuMs, rssMb } = answer;
  return { rows, ms, cpuMs, rssMb, server: await server.stats() };
}

/** The next message of a contender; rejects when its process exits before. */
function message(child: ChildProcess, name: string): Promise<ContenderMessage> {
  return next(child, name) as Promise<ContenderMessage>;
}

function reply(child: ChildProcess): Promise<ServerReply> {
  return next(child, 'the bench server') as Promise<ServerReply>;
}

function next(child: ChildProcess, name: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (code: number | null): void => reject(new Error(`${name} ended with ${code}`));
  child.once('exit', onExit);
  child.once('message', (value) => {
    child.off('exit', onExit);
    resolve(value);
  });
  return promise;
}
