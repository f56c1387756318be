import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Behaviour, type ServerStats, serve } from './serve.ts';
import { makeGroups, makeUsers } from './tenant.ts';

/** The only argument of the server process. */
export const ServerOptions = z.object({
  users: z.number().int(),
  groups: z.number().int(),
  memberships: z.number().int(),
  keyFile: z.string(),
  certFile: z.string(),
});
export type ServerOptions = z.infer<typeof ServerOptions>;

/** Commands of the bench to the server, each with one reply. */
export type ServerCommand =
  | { readonly type: 'behave'; readonly behaviour: Behaviour }
  | { readonly type: 'stats' }
  /** Changes 1 % of the users, or reverts the change. */
  | { readonly type: 'change'; readonly changed: boolean };
export type ServerReply = { readonly port: number } | ServerStats;

if (process.send !== undefined) await main();

async function main(): Promise<void> {
  const options = ServerOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
  const users = makeUsers(options.users);
  const tenant = { users, groups: makeGroups(options.groups, options.memberships) };
  const server = await serve(tenant, {
    key: readFileSync(options.keyFile, 'utf8'),
    cert: readFileSync(options.certFile, 'utf8'),
  });
  const reply = (message: ServerReply): void => void process.send?.(message);
  process.on('message', (command: ServerCommand) => {
    if (command.type === 'behave') server.behave(command.behaviour);
    if (command.type === 'change') (command.changed ? users.change : () => users.rows.restore())();
    reply(server.stats());
  });
  process.on('disconnect', () => process.exit(0));
  reply({ port: server.port });
}
