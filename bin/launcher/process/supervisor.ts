import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A part of Entrada that runs as a separate process: `bin/entrada.ts <command>`. */
export interface ChildSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Time to exit after SIGTERM before it is killed, milliseconds. */
  readonly stopWithinMs: number;
  /** Command line options for Node. */
  readonly nodeArgs?: readonly string[];
  /** Program to run instead of bin/entrada.ts (tests). */
  readonly script?: string;
}

/** Message of a child to its parent over IPC. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly info?: unknown;
}

export interface Supervisor {
  /** Starts a child; resolves with its ready message. Rejects when it exits before. */
  start(spec: ChildSpec): Promise<unknown>;
  /** Stops all children, in reverse order of their start. */
  stop(): Promise<void>;
}

/** Maximum number of restarts of one child within the window; after one more, everything stops. */
export const RESTARTS_MAX = 5;
const WINDOW_MS = 60_000;
const LAST_LINES = 15;

export interface SupervisorEvents {
  /** A child keeps exiting; `reason` names it with its last output. */
  readonly onGiveUp: (reason: string) => void;
  readonly onRestart: (name: string, reason: string) => void;
}

interface Running {
  readonly spec: ChildSpec;
  process: ChildProcess;
  readonly restarts: number[];
  /** Whether it was ready once: from then on it is restarted when it exits. */
  wasReady: boolean;
  lastLines: string[];
}

/**
 * Restarts children: after 0.2 s, doubled each time, at most five times a minute. Children share
 * this process's stderr; each exits when the IPC channel closes, so that a killed parent leaves no orphan.
 */
export function createSupervisor(events: SupervisorEvents): Supervisor {
  const running: Running[] = [];
  let stopping = false;

  function launch(entry: Running): Promise<unknown> {
    const { spec } = entry;
    const child = fork(spec.script ?? join(import.meta.dirname, '../../entrada.ts'), [...spec.command], {
      env: { ...process.env, ...spec.env },
      execArgv: ['--disable-warning=ExperimentalWarning', ...(spec.nodeArgs ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C is sent to the whole process group: the parent decides when its children exit.
      detached: process.platform !== 'win32',
    });
    entry.process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => keepLines(entry, data));
    return new Promise((ready, failed) => {
      child.on('message', (message: ReadyMessage) => {
        if (message.type !== 'ready') return;
        entry.wasReady = true;
        ready(message.info);
      });
      child.on('error', failed);
      child.on('exit', (code, signal) => {
        failed(new Error(farewell(entry, code, signal)));
        if (!stopping && entry.wasReady) void restart(entry, farewell(entry, code, signal));
      });
    });
  }

  async function restart(entry: Running, reason: string): Promise<void> {
    const now = Date.now();
    while (entry.restarts[0] !== undefined && now - entry.restarts[0] > WINDOW_MS) entry.restarts.shift();
    if (entry.restarts.length >= RESTARTS_MAX) {
      events.onGiveUp(`${reason} It was started again ${RESTARTS_MAX} times within a minute.`);
      return;
    }
    entry.restarts.push(now);
    events.onRestart(entry.spec.name, reason);
    await new Promise((done) => setTimeout(done, 100 * 2 ** entry.restarts.length));
    // A failed start also emits `exit`, which counts it.
    if (!stopping) await launch(entry).catch(() => {});
  }

  return {
    async start(spec) {
      const entry: Running = {
        spec,
        process: undefined as unknown as ChildProcess,
        restarts: [],
        wasReady: false,
        lastLines: [],
      };
      // Added before it is ready, so that a stop during the start also ends it.
      running.push(entry);
      return launch(entry);
    },
    async stop() {
      stopping = true;
      for (const entry of running.toReversed()) await stopChild(entry.process, entry.spec.stopWithinMs);
    },
  };
}

function keepLines(entry: Running, data: Buffer): void {
  process.stderr.write(data);
  entry.lastLines = [...entry.lastLines, ...data.toString().trimEnd().split('\n')].slice(-LAST_LINES);
}

function farewell(entry: Running, code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal === null ? `ended with code ${code}` : `was killed (${signal})`;
  const words = entry.lastLines.length === 0 ? '' : ` Its last output:\n  ${entry.lastLines.join('\n  ')}\n`;
  return `The ${entry.spec.name} process ${how}.${words}`;
}

function stopChild(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      done();
    });
    child.kill('SIGTERM');
  });
}
