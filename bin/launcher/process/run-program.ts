import { spawn } from 'node:child_process';
import { ROOT } from '../root.ts';

export interface ProgramResult {
  /** 1 when it was killed by a signal. */
  readonly code: number;
  /** Standard output and error, in order. */
  readonly output: string;
}

/** Runs a program, in the root folder by default, and returns its output. */
export function runProgram(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { cwd = ROOT, onData }: { readonly cwd?: string; readonly onData?: (data: Buffer) => void } = {},
): Promise<ProgramResult> {
  const [program = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
        onData?.(data);
      });
    }
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Command line of a JavaScript program in node_modules with this Node: `nodeProgram('knip/bin/knip.js', '--strict')`. */
export function nodeProgram(path: string, ...args: string[]): string[] {
  return [process.execPath, `${ROOT}/node_modules/${path}`, ...args];
}
