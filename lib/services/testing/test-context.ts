import { randomBytes } from 'node:crypto';
import type { UserActor } from '#lib/domain/account/actor.ts';
import type { Role } from '#lib/domain/account/role.ts';
import { type KeyRing, parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { newId } from '#lib/platform/id.ts';
import { createLog } from '#lib/platform/log.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { receiveCode } from '#lib/services/verification/receive-code.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { insertUser } from '#lib/store/account/users.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import { createConnection } from '../connection/create-connection.ts';
import type { Context } from '../context.ts';
import type { RunQueue } from '../ports.ts';
import { updateBuiltInTargets } from '../target/update-built-in-targets.ts';
import { createFakeExecutor, type FakeExecutor, SECRETS } from './fake-executor.ts';
import { createFakeTargets } from './fake-targets.ts';

/** A clock that changes only when a test sets it. */
export interface TestClock {
  now(): Date;
  forward(ms: number): void;
}

export interface TestWorld {
  readonly db: Db;
  readonly url: string;
  readonly executor: FakeExecutor;
  readonly clock: TestClock;
  readonly queue: RunQueue & { readonly cancelled: string[] };
  /** A context of a new person with this role. */
  as(role: Role): Promise<Context & { actor: UserActor }>;
}

function randomRing(): KeyRing {
  return parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
}

/** A separate database, a fake source, a fixed clock, and people to act as. */
export async function createTestWorld({ ring = randomRing() } = {}): Promise<TestWorld> {
  const { db, url } = await createTestDatabase();
  const executor = createFakeExecutor();
  let nowMs = Date.parse('2026-03-01T09:00:00Z');
  const clock: TestClock = {
    now: () => new Date(nowMs),
    forward: (ms) => {
      nowMs += ms;
    },
  };
  const cancelled: string[] = [];
  let jobs = 0;
  const queue = {
    cancelled,
    enqueueRun: async () => `job-${++jobs}`,
    enqueueMetadataJob: async (_tx: Tx, { metadataJobId }: { readonly metadataJobId: string }) => `job-of-${metadataJobId}`,
    cancelJob: async (jobId: string) => {
      cancelled.push(jobId);
    },
  };
  const config = {
    baseUrl: 'http://localhost:3000',
    demo: null,
    clouds: [{ name: 'Contoso', graphOrigin: 'https://graph.contoso.test', authorityOrigin: 'https://login.contoso.test' }],
    sessionLimits: { absoluteMs: 12 * 3_600_000, idleMs: 2 * 3_600_000 },
    delivery: { networks: [{ address: '127.0.0.0', prefix: 8, family: 'ipv4' as const }], caPem: null, proxy: null, mail: null },
  };
  const targets = createFakeTargets();
  await updateBuiltInTargets({
    ctx: { db, ring },
    input: { landing: landingDatabase('postgres://owner:secret@127.0.0.1:5432/entrada_landing'), lake: localLake('/lake') },
  });
  let people = 0;
  return {
    db,
    url,
    executor,
    clock,
    queue,
    async as(role) {
      const email = `${role}${++people}@contoso.test`;
      const entraObjectId = `object-of-${email}`;
      const user = await insertUser(db, { id: newId('user'), email, name: null, role, passwordHash: null, entraObjectId });
      const session = { sessionHash: `session-of-${email}`, authTime: clock.now() };
      const actor = { kind: 'user', userId: user.id, email, role, ...session } as const;
      return {
        actor,
        db,
        clock,
        log: createLog('test', 'silent'),
        executor: () => executor,
        targets: () => targets,
        queue,
        ring,
        config,
      };
    },
  };
}

export const SETTINGS = {
  clientId: '0f4a2a39-90d5-4a0c-9d36-3f7a3b6f0a01',
  clientSecret: SECRETS.clientSecret,
  graphBaseUrl: 'https://graph.contoso.test/v1.0',
} as const;

/** A code in Entra's form; different marks give different codes. */
export const codeOf = (mark: string) => `0.AXoAc${mark}-${'x'.repeat(40)}`;

/** Authenticates up to the redirect page: the code was received and not pasted yet. */
export async function signInAtSource(
  ctx: Context,
  world: TestWorld,
  mark: string,
  connectionId?: string,
  over?: { readonly clientSecret: string },
) {
  const settings = { ...SETTINGS, ...over, ...(connectionId === undefined ? {} : { connectionId }) };
  const verification = await startVerification({ ctx, input: settings });
  const state = new URL(verification.authorizeUrl).searchParams.get('state') ?? '';
  const code = codeOf(mark);
  world.executor.validCodes.add(code);
  await receiveCode({ ctx, input: { state, code } });
  return { verificationId: verification.id, state, code };
}

/** Creates a connection by the steps of a person. */
export async function makeConnection(ctx: Context, world: TestWorld, name = 'Contoso') {
  const { verificationId, code } = await signInAtSource(ctx, world, `for-${name.replaceAll(' ', '-')}`);
  await verifyCode({ ctx, input: { verificationId, pasted: code } });
  return createConnection({ ctx, input: { verificationId, name } });
}
