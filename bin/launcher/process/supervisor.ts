import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A part of Entrada that runs as a process of its own: `bin/entrada.ts <command>`. */
export interface ChildSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How long it may take to leave after SIGTERM before it is killed, milliseconds. */
  readonly stopWithinMs: number;
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Program to run instead of bin/entrada.ts (tests). */
  readonly script?: string;
}

/** What a child says to its parent over IPC. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly info?: unknown;
}

export interface Supervisor {
  /** Starts a child; resolves with what it says when it is ready. Rejects when it leaves before. */
  start(spec: ChildSpec): Promise<unknown>;
  /** Stops all children, the last started first. */
  stop(): Promise<void>;
}

/** Restarts of one child within the window; one more and everything stops. */
export const RESTARTS_MAX = 5;
const WINDOW_MS = 60_000;
const LAST_LINES = 15;

export interface SupervisorEvents {
  /** A child can't be kept alive; `reason` names it with its last words. */
  readonly onGiveUp: (reason: string) => void;
  readonly onRestart: (name: string, reason: string) => void;
}

interface Running {
  readonly spec: ChildSpec;
  process: ChildProcess;
  readonly restarts: number[];
  /** It has been ready once: from then on it is started again when it dies. */
  wasReady: boolean;
  lastLines: string[];
}

/**
 * Keeps children alive: one that dies is started again after 0.2 s, doubled each time, at most five times a minute. Children share
 * our stderr; each one leaves by itself when the IPC channel closes, so that a killed parent leaves no orphan.
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
      // Ctrl-C goes to the whole process group: the parent decides when its children leave.
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
    // A failed start ends in `exit` again, which counts it.
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
      // Before it is ready: a stop in the middle of a start ends it, too.
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
  const words = entry.lastLines.length === 0 ? '' : ` Its last words:\n  ${entry.lastLines.join('\n  ')}\n`;
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
