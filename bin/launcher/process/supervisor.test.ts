import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from '#lib/platform/is-alive.ts';
import { type ChildSpec, createSupervisor, RESTARTS_MAX } from './supervisor.ts';

const SCRIPT = join(import.meta.dirname, '../testing/fake-part.ts');

function part(...command: string[]): ChildSpec {
  return { name: 'part', command, env: {}, stopWithinMs: 300, script: SCRIPT };
}

function supervise() {
  const events = { restarts: [] as string[], gaveUp: Promise.withResolvers<string>() };
  const supervisor = createSupervisor({
    onRestart: (_, reason) => events.restarts.push(reason),
    onGiveUp: events.gaveUp.resolve,
  });
  onTestFinished(() => supervisor.stop());
  return { supervisor, events };
}

function pidFile(): { readonly file: string; readonly pids: () => number[] } {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-supervisor-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'pids');
  return { file, pids: () => readFileSync(file, 'utf8').trim().split('\n').map(Number) };
}

const SOON = { timeout: 20_000, interval: 50 };

describe('the supervisor', () => {
  it('hands over what a part says when it is ready, and stops it', async () => {
    const { supervisor } = supervise();
    const { pid } = (await supervisor.start(part('stay'))) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('starts a part that was killed again, as a new process', async () => {
    const { supervisor, events } = supervise();
    const { file, pids } = pidFile();
    const { pid } = (await supervisor.start(part('stay', file))) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(pids()).toHaveLength(2), SOON);
    expect(events.restarts).toEqual(['The part process was killed (SIGKILL).']);
    expect(pids()[1]).not.toBe(pid);
  });

  it(`gives up a part after ${RESTARTS_MAX} restarts within a minute, with its last words`, async () => {
    const { supervisor, events } = supervise();
    const { file, pids } = pidFile();
    await supervisor.start(part('die-when-ready', file));
    const reason = await events.gaveUp.promise;
    expect(pids()).toHaveLength(1 + RESTARTS_MAX);
    expect(events.restarts).toHaveLength(RESTARTS_MAX);
    expect(reason).toContain('ended with code 3');
    expect(reason).toContain('I can not go on');
  });

  it('says why a part never became ready, and does not start it again', async () => {
    const { supervisor, events } = supervise();
    await expect(supervisor.start(part('die-at-once'))).rejects.toThrow(/The part process ended with code 3.*I can not go on/s);
    expect(events.restarts).toEqual([]);
  });

  it('kills a part that ignores SIGTERM once its time is over', async () => {
    const { supervisor, events } = supervise();
    const { pid } = (await supervisor.start(part('hang'))) as { pid: number };
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(events.restarts).toEqual([]);
  });

  it('stops a part that is not ready yet', async () => {
    const { supervisor, events } = supervise();
    const { file, pids } = pidFile();
    const starting = supervisor.start(part('never-ready', file));
    const failed = expect(starting).rejects.toThrow('SIGTERM');
    const [pid] = await vi.waitFor(pids, SOON);
    await supervisor.stop();
    await failed;
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(events.restarts).toEqual([]);
  });

  it('leaves no part behind when it is killed itself', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, '../testing/fake-parent.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const pid = await new Promise<number>((done) => parent.stdout.once('data', (data: Buffer) => done(Number(data.toString()))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), SOON);
  });
});
