import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { Actor, ApiTokenActor, UserActor } from '#lib/domain/account/actor.ts';
import { TokenScope } from '#lib/domain/account/api-token.ts';
import { includesRole, Role } from '#lib/domain/account/role.ts';
import { AppError, ForbiddenError } from '#lib/platform/errors.ts';
import type { Context } from './context.ts';
import { scopeOf } from './require-role.ts';
import { SERVICE_ACCESS, type ServiceAccess } from './testing/service-access.ts';
import { createTestWorld } from './testing/test-context.ts';

type Service = (...given: unknown[]) => unknown;

const MODULES = import.meta.glob<Readonly<Record<string, unknown>>>(['/lib/services/*/*.ts', '!**/*.test.ts', '!**/testing/**'], {
  eager: true,
});
const FUNCTIONS = new Map(
  Object.values(MODULES).flatMap((exports) =>
    Object.entries(exports).flatMap(([name, value]) => (typeof value === 'function' ? [[name, value as Service] as const] : [])),
  ),
);

/** Whether a function takes a call (`{ ctx, … }`), or checks the role itself. */
const isService = (run: Service) =>
  /^[^(]*\(\s*\{\s*ctx\b/.test(run.toString()) || /require(Role|Person|Operator)\)?\(/.test(run.toString());

/** Exports of lib/services that pages, routes, actions and commands import, without types. */
function imported(): ReadonlySet<string> {
  const files = globSync(['{app,bin}/**/*.{ts,tsx}']).filter((path) => !path.includes('.test.'));
  const imports = files.flatMap((path) => [
    ...readFileSync(path, 'utf8').matchAll(/^import \{([^}]*)\} from '#lib\/services\/[\w-]+\//gm),
  ]);
  return new Set(imports.flatMap(([, names = '']) => names.split(',').map((name) => name.trim())));
}

const SERVICES = Object.entries(SERVICE_ACCESS);
const OF_ROLES = SERVICES.filter(
  (entry): entry is [string, ServiceAccess & { least: Role }] => Role.safeParse(entry[1].least).success,
);

/** The error of a service call; null: none. A generator is started. */
async function errorOf(name: string, ctx: Context, given: unknown): Promise<unknown> {
  const run = FUNCTIONS.get(name);
  if (run === undefined) throw new TypeError(`there is no service ${name}`);
  const isPositional = SERVICE_ACCESS[name]?.positional === true;
  try {
    const answer = await (isPositional ? run(ctx, given, given) : run({ ctx, input: given, ...SERVICE_ACCESS[name]?.with }));
    if (isGenerator(answer)) await answer.next();
    return null;
  } catch (error) {
    return error;
  }
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : null);

/** Names of the services that end with one of these codes. */
async function endingWith(ctx: Context, ...codes: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [name, { input }] of OF_ROLES) {
    if (codes.includes(codeOf(await errorOf(name, ctx, input)) ?? '')) names.push(name);
  }
  return names.toSorted();
}

const tokenOf = ({ userId, email, role }: UserActor, scopes: readonly TokenScope[]): ApiTokenActor => {
  return { kind: 'apiToken', userId, email, role, tokenId: `tok_${'2'.repeat(20)}`, tokenName: 'ci', scopes, connectionId: null };
};

const GATEWAY: Actor = { kind: 'gateway', gatewayId: 'gw_1', gatewayName: 'Plant' };

describe('the table of services', () => {
  it('can tell them by their names', () => {
    const names = Object.values(MODULES).flatMap((exports) => Object.keys(exports).filter((name) => FUNCTIONS.has(name)));
    expect(names.length - new Set(names).size).toBe(0);
  });

  it('has every service, and nothing that is none', () => {
    const found = [...FUNCTIONS].filter(([, run]) => isService(run)).map(([name]) => name);
    expect(found.length).toBeGreaterThan(80);
    expect(Object.keys(SERVICE_ACCESS).toSorted()).toEqual(found.toSorted());
  });

  it('has everything that pages, routes, actions and commands call', () => {
    const called = [...imported()].filter((name) => FUNCTIONS.has(name));
    expect(called.length).toBeGreaterThan(50);
    expect(called.filter((name) => !(name in SERVICE_ACCESS))).toEqual([]);
  });
});

describe('a role', () => {
  it.each(['nobody', ...Role.options] as const)('%s is refused what needs more, before any input is looked at', async (own) => {
    const world = await createTestWorld();
    const person = await world.as(own === 'nobody' ? 'admin' : own);
    const ctx = own === 'nobody' ? { ...person, actor: GATEWAY } : person;
    for (const [name, { least }] of SERVICES) {
      if (least === 'anybody' || (least !== 'operator' && own !== 'nobody' && includesRole(own, least))) continue;
      const error = await errorOf(name, ctx, undefined);
      expect(error, `${name}: ${error}`).toBeInstanceOf(ForbiddenError);
    }
  });

  it.each(Role.options)('%s may call what needs no more: what it meets is never the refusal', async (own) => {
    const world = await createTestWorld();
    const ctx = await world.as(own);
    for (const [name, { least, input }] of OF_ROLES.filter(([, access]) => includesRole(own, access.least))) {
      const error = await errorOf(name, ctx, input);
      const isHonest = error === null || error instanceof ZodError || (error instanceof AppError && error.code !== 'forbidden');
      expect(isHonest, `${name} (${least}): ${error}`).toBe(true);
    }
  });

  it('a thing that is not there is not found, whatever is done to it', async () => {
    const ctx = await (await createTestWorld()).as('admin');
    for (const name of [
      ...['getConnection', 'deleteConnection', 'getDataset', 'createTask', 'startRun', 'cancelRun', 'verifyCode', 'changeRole'],
      ...['watchRun', 'duplicateConnection', 'requireDatasetOf', 'requireJobOf'],
    ]) {
      expect(codeOf(await errorOf(name, ctx, SERVICE_ACCESS[name]?.input)), name).toBe('not-found');
    }
  });
});

describe('a token and a sign-in', () => {
  const kindOf = ({ least, use }: ServiceAccess) => use ?? (least === 'viewer' ? 'reads' : 'changes');
  const isChange = (access: ServiceAccess) => kindOf(access) !== 'reads';

  it('a read-only token is refused whatever changes something, though its owner is an administrator', async () => {
    const world = await createTestWorld();
    const person = await world.as('admin');
    const before = await world.db.user.findMany();
    const refused = await endingWith({ ...person, actor: tokenOf(person.actor, ['read']) }, 'read-only-token', 'forbidden');
    expect(refused).toEqual(OF_ROLES.flatMap(([name, access]) => (isChange(access) ? [name] : [])).toSorted());
    expect(await world.db.user.findMany()).toEqual(before);
  });

  it.each(TokenScope.options)('a token without the scope %s is refused what needs it, and nothing else', async (missing) => {
    if (missing === 'read') return;
    const world = await createTestWorld();
    const person = await world.as('admin');
    const actor = tokenOf(
      person.actor,
      TokenScope.options.filter((scope) => scope !== missing),
    );
    const needing = OF_ROLES.filter(
      ([, access]) =>
        (access.least !== 'viewer' && scopeOf(access.least, kindOf(access)) === missing) ||
        (missing === 'admin' && access.fresh === 'or-admin-token'),
    ).map(([name]) => name);
    expect(needing.length).toBeGreaterThan(5);
    expect(await endingWith({ ...person, actor }, 'scope-missing')).toEqual(needing.toSorted());
  });

  it('people, tokens, passwords and keys need a sign-in of the last ten minutes; people and tokens take a token of scope admin for it', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('admin');
    const sensitive = OF_ROLES.flatMap(([name, { fresh }]) => (fresh ? [name] : [])).toSorted();
    const asked = (as: Context) => endingWith(as, 'fresh-sign-in-needed', 'forbidden');
    world.clock.forward(10 * 60_000 - 1);
    expect(await asked(ctx)).toEqual([]);
    world.clock.forward(1);
    expect(await asked(ctx)).toEqual(sensitive);
    const noToken = OF_ROLES.flatMap(([name, { fresh }]) => (fresh === true ? [name] : [])).toSorted();
    const token = tokenOf(ctx.actor, TokenScope.options);
    expect(await asked({ ...ctx, actor: token })).toEqual(noToken);
    expect(await asked({ ...ctx, actor: { ...token, connectionId: 'conn_1' } })).toEqual(sensitive);
  });
});
