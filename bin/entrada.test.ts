import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from './launcher/process/run-program.ts';

async function entrada(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrada-cli-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'entrada.ts'), ...args];
  return runProgram(program, { ENTRADA_DATA_DIR: dataDir, ...env });
}

describe('the command line', () => {
  it('without a command explains itself', async () => {
    const { code, output } = await entrada([]);
    expect(code).toBe(0);
    expect(output).toMatch(/^Usage: .*\n\n {2}start /);
  });

  it.each([
    [['nonsense'], 2, 'There is no command nonsense.'],
    [['admin', 'nonsense', 'ada@contoso.test'], 2, 'Usage: entrada -- admin'],
    [['admin', 'create-user', 'ada@contoso.test', '--role', 'king'], 2, 'The role king does not exist.'],
    [['admin', 'create-user', 'ada@contoso.test'], 1, 'Entrada is not running on this data folder'],
    [['landing-url'], 1, 'Entrada is not running on this data folder'],
    [['emulator', 'info'], 1, 'This data folder has no demo tenant yet'],
    [['emulator', 'info', '--xml'], 1, "Unknown option '--xml'"],
    [['worker'], 2, 'A separate worker needs the DATABASE_URL and the ENTRADA_SECRET_KEY'],
  ])('says what is wrong without a stack: %j', async (args, code, words) => {
    const result = await entrada(args, { DATABASE_URL: '', ENTRADA_SECRET_KEY: '' });
    expect(result.output).toContain(words);
    expect(result.output).not.toMatch(/^\s+at /m);
    expect(result.code).toBe(code);
  });

  it('names a variable that does not hold, without its value', async () => {
    const { code, output } = await entrada(['landing-url'], { DATABASE_URL: 'mysql://me:hunter2@db/x' });
    expect(code).toBe(1);
    expect(output).toContain('DATABASE_URL');
    expect(output).not.toContain('hunter2');
  });
});
