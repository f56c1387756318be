import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Role } from '#lib/domain/account/role.ts';
import type { Context } from '#lib/services/context.ts';
import { createPasswordLink } from '#lib/services/password/create-password-link.ts';
import type { PasswordLink } from '#lib/services/password/password-link.ts';
import { setPassword } from '#lib/services/password/set-password.ts';
import { createUser } from '#lib/services/user/create-user.ts';
import { inviteUser } from '#lib/services/user/invite-user.ts';
import { listUsers } from '#lib/services/user/list-users.ts';
import { withCliContext } from '../launcher/cli-context.ts';
import { CliError } from '../launcher/cli-error.ts';
import { rotateKey } from '../launcher/rotate-key.ts';

const USAGE =
  'Usage: entrada -- admin create-user EMAIL [--name NAME] [--role viewer|editor|admin] [--password-stdin]\n' +
  '       entrada -- admin set-password EMAIL [--password-stdin]\n' +
  'Both print a link with which the person sets the password. With --password-stdin, the password is read from standard input.\n' +
  '       entrada -- admin rotate-key [--drop-old]';

/** `entrada admin create-user | set-password | rotate-key`: for people with a shell on this machine. */
export async function admin(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: 'string', default: 'viewer' },
      name: { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
      'drop-old': { type: 'boolean', default: false },
    },
  });
  const [verb, email, ...more] = positionals;
  if (verb === 'rotate-key' && email === undefined) return rotateKey({ dropOld: values['drop-old'] });
  if (email === undefined || more.length > 0) throw new CliError(USAGE, { exitCode: 2 });
  switch (verb) {
    case 'create-user': {
      const role = Role.safeParse(values.role);
      if (!role.success) throw new CliError(`The role ${values.role} does not exist.\n${USAGE}`, { exitCode: 2 });
      const person = { email, name: values.name ?? email.replace(/@.*/, ''), role: role.data };
      if (!values['password-stdin']) return report(async (ctx) => linkWords((await inviteUser({ ctx, input: person })).link));
      const input = { ...person, password: await readPassword() };
      return report(async (ctx) => {
        await createUser({ ctx, input });
        return `${email} can sign in as ${role.data}.`;
      });
    }
    case 'set-password': {
      if (!values['password-stdin']) return report(async (ctx) => linkWords(await linkFor(ctx, email)));
      const input = { email, password: await readPassword() };
      return report(async (ctx) => {
        await setPassword({ ctx, input });
        return `${email} has the new password.`;
      });
    }
    default:
      throw new CliError(USAGE, { exitCode: 2 });
  }
}

/** Standard input without its last newline. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (shown as you type), then Enter and Ctrl-D: ');
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

async function linkFor(ctx: Context, email: string): Promise<PasswordLink> {
  const person = (await listUsers({ ctx, input: {} })).find((user) => user.email === email.toLowerCase());
  if (person === undefined) throw new CliError(`No account has the e-mail address ${email}.`);
  return createPasswordLink({ ctx, input: { userId: person.id } });
}

function linkWords({ url, expiresAt }: PasswordLink): string {
  return `Set the password (link works once, until ${expiresAt}): ${url}`;
}

/** Prints the result of `work`. */
async function report(work: (ctx: Context) => Promise<string>): Promise<number> {
  let done: string;
  try {
    done = await withCliContext(work);
  } catch (error) {
    if (error instanceof z.ZodError) throw new CliError(error.issues.map((issue) => issue.message).join('\n'), { cause: error });
    throw error;
  }
  process.stdout.write(`${done}\n`);
  return 0;
}
