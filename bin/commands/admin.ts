import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Role } from '#lib/domain/role.ts';
import type { Context } from '#lib/services/context.ts';
import { createUser } from '#lib/services/user/create-user.ts';
import { setPassword } from '#lib/services/user/set-password.ts';
import { withCliContext } from '../launcher/cli-context.ts';
import { CliError } from '../launcher/cli-error.ts';
import { rotateKey } from '../launcher/rotate-key.ts';

const USAGE =
  'Usage: entrada -- admin create-user EMAIL [--name NAME] [--role viewer|editor|admin]\n' +
  '       entrada -- admin set-password EMAIL\n' +
  'The password is read from standard input.\n' +
  '       entrada -- admin rotate-key [--drop-old]';

/** `entrada admin create-user | set-password | rotate-key`: for somebody with a shell on this machine. */
export async function admin(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: 'string', default: 'viewer' },
      name: { type: 'string' },
      'drop-old': { type: 'boolean', default: false },
    },
  });
  const [verb, email, ...more] = positionals;
  if (verb === 'rotate-key' && email === undefined) return rotateKey({ dropOld: values['drop-old'] });
  if (email === undefined || more.length > 0) throw new CliError(USAGE, { exitCode: 2 });
  switch (verb) {
    case 'create-user': {
      const role = Role.safeParse(values.role);
      if (!role.success) throw new CliError(`There is no role ${values.role}.\n${USAGE}`, { exitCode: 2 });
      const input = { email, name: values.name ?? email.replace(/@.*/, ''), role: role.data, password: await readPassword() };
      return report((ctx) => createUser({ ctx, input }), `${email} can sign in as ${role.data}.`);
    }
    case 'set-password': {
      const input = { email, password: await readPassword() };
      return report((ctx) => setPassword({ ctx, input }), `${email} has the new password.`);
    }
    default:
      throw new CliError(USAGE, { exitCode: 2 });
  }
}

/** All of standard input but for the newline at its end. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (shown as you type), then Enter and Ctrl-D: ');
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

async function report(work: (ctx: Context) => Promise<unknown>, done: string): Promise<number> {
  try {
    await withCliContext(work);
  } catch (error) {
    if (error instanceof z.ZodError) throw new CliError(error.issues.map((issue) => issue.message).join('\n'), { cause: error });
    throw error;
  }
  process.stdout.write(`${done}\n`);
  return 0;
}
