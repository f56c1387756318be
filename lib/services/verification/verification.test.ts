import { describe, expect, it } from 'vitest';
import { PASTE_MAX_CHARS } from '#lib/domain/connection/connection.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { renewConnection } from '#lib/services/connection/renew-connection.ts';
import { codeOf, createTestWorld, makeConnection, SETTINGS, signInAtSource } from '#lib/services/testing/test-context.ts';
import { getVerification } from './get-verification.ts';
import { receiveCode } from './receive-code.ts';
import { startVerification } from './start-verification.ts';
import { testVerification } from './test-verification.ts';
import { verifyCode } from './verify-code.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const MINUTE_MS = 60_000;

describe('receiveCode', () => {
  it('hands the code of an own, open sign-in over, and again when the page is loaded again', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, state, code } = await signInAtSource(ctx, world, 'a');
    expect(await receiveCode({ ctx, input: { state, code } })).toEqual({ verificationId, code });
  });

  it('refuses an unknown state, another person, a second answer, a late one, and says which', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const other = await world.as('editor');
    const { state, code } = await signInAtSource(ctx, world, 'a');
    await expect(receiveCode({ ctx, input: { state: 'made-up', code } })).rejects.toEqual(problem('foreign-answer'));
    await expect(receiveCode({ ctx: other, input: { state, code } })).rejects.toEqual(problem('other-persons-answer'));
    await expect(receiveCode({ ctx, input: { state, code: codeOf('b') } })).rejects.toEqual(problem('answered-already'));
    world.clock.forward(16 * MINUTE_MS);
    await expect(receiveCode({ ctx, input: { state, code } })).rejects.toEqual(problem('verification-expired'));
  });

  it("tells Entra's refusal in words and ends the sign-in", async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id, authorizeUrl } = await startVerification({ ctx, input: SETTINGS });
    const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
    await expect(receiveCode({ ctx, input: { state, error: 'access_denied' } })).rejects.toEqual(problem('access-denied'));
    expect(await getVerification({ ctx, input: { verificationId: id } })).toMatchObject({
      status: 'failed',
      problem: { code: 'access-denied' },
    });
  });
});

describe('receiveCode without state', () => {
  it("tells what a refused admin consent means, by its code, and none of the address's own words", async () => {
    const ctx = await (await createTestWorld()).as('editor');
    const refusalOf = async (error: string, errorDescription: string) =>
      receiveCode({ ctx, input: { state: null, error, errorDescription } }).then(
        () => expect.fail('it was taken'),
        (refusal: { readonly problem: Problem }) => refusal.problem,
      );
    const declined = await refusalOf('access_denied', 'AADSTS65004: Call 555-0100 and read your password out.');
    expect(declined).toMatchObject({ code: 'access-denied', reference: { aadsts: 'AADSTS65004' } });
    const unknown = await refusalOf('Call 555-0100', 'now');
    expect(unknown).toMatchObject({ code: 'entra-refused' });
    expect(JSON.stringify([declined, unknown])).not.toMatch(/555-0100|password|\bnow\b/);
    await expect(receiveCode({ ctx, input: { state: null, code: codeOf('a') } })).rejects.toEqual(problem('foreign-answer'));
  });
});

describe('verifyCode', () => {
  it('takes the code with quotes, spaces and line breaks, and as a whole redirect address', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    for (const wrap of [
      (code: string) => `  "${code.slice(0, 10)}\n${code.slice(10)}" \r\n`,
      (code: string, state: string) => `http://localhost:3000/auth/oauth/code?code=${code}&state=${state}&session_state=x`,
    ]) {
      const { verificationId, state, code } = await signInAtSource(ctx, world, `w${wrap.length}`);
      const verified = await verifyCode({ ctx, input: { verificationId, pasted: wrap(code, state) } });
      expect(verified).toMatchObject({
        status: 'verified',
        suggestedName: 'Contoso',
        identity: { account: { username: 'ada@contoso.test' } },
      });
    }
  });

  it('works without the redirect page having seen the code', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await startVerification({ ctx, input: SETTINGS });
    world.executor.validCodes.add(codeOf('unseen'));
    expect(await verifyCode({ ctx, input: { verificationId: id, pasted: codeOf('unseen') } })).toMatchObject({
      status: 'verified',
    });
  });

  it.each([
    ['nothing', '  \n', 'code-empty'],
    ['quotes only', '""', 'code-empty'],
    ['a sentence', 'this is not a code at all', 'code-unreadable'],
    ['half a code', 'abc123', 'code-unreadable'],
    ['an address without a code', 'http://localhost:3000/auth/oauth/code?state=x', 'code-unreadable'],
    ['a book', 'x'.repeat(PASTE_MAX_CHARS + 1), 'code-too-long'],
    ["an address with Entra's refusal", 'http://localhost:3000/auth/oauth/code?error=access_denied', 'access-denied'],
  ])('refuses %s and still takes the right code afterwards', async (_what, pasted, code) => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const signIn = await signInAtSource(ctx, world, 'a');
    const { verificationId } = signIn;
    await expect(verifyCode({ ctx, input: { verificationId, pasted } })).rejects.toEqual(problem(code));
    expect(world.executor.redeemed).toEqual([]);
    expect(await verifyCode({ ctx, input: { verificationId, pasted: signIn.code } })).toMatchObject({ status: 'verified' });
  });

  it("refuses another dialog's and another person's code without redeeming it", async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const other = await world.as('editor');
    const mine = await signInAtSource(ctx, world, 'mine');
    const older = await signInAtSource(ctx, world, 'older');
    const theirs = await signInAtSource(other, world, 'theirs');
    for (const pasted of [older.code, theirs.code, `http://localhost:3000/?code=${codeOf('new')}&state=${theirs.state}`]) {
      await expect(verifyCode({ ctx, input: { verificationId: mine.verificationId, pasted } })).rejects.toEqual(
        problem('code-from-elsewhere'),
      );
    }
    expect(world.executor.redeemed).toEqual([]);
    await expect(verifyCode({ ctx: other, input: { verificationId: mine.verificationId, pasted: mine.code } })).rejects.toEqual(
      problem('not-found'),
    );
  });

  it('keeps waiting when Entra refuses a code that was never this one, and asks to authenticate again when it was', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    await expect(verifyCode({ ctx, input: { verificationId, pasted: codeOf('wrong') } })).rejects.toEqual(
      problem('entra-refused'),
    );
    expect(await getVerification({ ctx, input: { verificationId } })).toMatchObject({ status: 'waiting-for-code' });
    world.executor.validCodes.clear();
    await expect(verifyCode({ ctx, input: { verificationId, pasted: code } })).rejects.toMatchObject({
      problem: {
        code: 'entra-refused',
        reference: { aadsts: 'AADSTS70008' },
        remedy: expect.stringContaining('Authenticate again'),
      },
    });
    await expect(verifyCode({ ctx, input: { verificationId, pasted: code } })).rejects.toEqual(problem('code-used'));
    expect(world.executor.redeemed).toHaveLength(2);
  });

  it('is over after 15 minutes', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    world.clock.forward(15 * MINUTE_MS);
    await expect(verifyCode({ ctx, input: { verificationId, pasted: code } })).rejects.toEqual(problem('verification-expired'));
  });

  it('answers verified again when the same code is pasted twice, and redeems once when pressed five times at once', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => verifyCode({ ctx, input: { verificationId, pasted: code } })),
    );
    expect(answers.filter((answer) => answer.status === 'verified')).not.toHaveLength(0);
    expect(answers.every((answer) => answer.status === 'verified' || answer.status === 'verifying')).toBe(true);
    expect(await verifyCode({ ctx, input: { verificationId, pasted: code } })).toMatchObject({ status: 'verified' });
    expect(world.executor.redeemed).toEqual([code]);
  });

  it('takes a verification over whose process died, after a minute', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    await world.db.verification.update({
      where: { id: verificationId },
      data: { status: 'verifying', verifyingSince: world.clock.now() },
    });
    expect(await verifyCode({ ctx, input: { verificationId, pasted: code } })).toMatchObject({ status: 'verifying' });
    world.clock.forward(61_000);
    expect(await verifyCode({ ctx, input: { verificationId, pasted: code } })).toMatchObject({ status: 'verified' });
  });

  it('leaves the connection that it was started for as it is, until it is saved', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const connection = await makeConnection(ctx, world);
    await world.db.connection.update({ where: { id: connection.id }, data: { state: 'needs_reauthentication' } });
    const { verificationId, code } = await signInAtSource(ctx, world, 'again', connection.id);
    expect(await verifyCode({ ctx, input: { verificationId, pasted: code } })).toMatchObject({ status: 'verified' });
    const state = async () => (await getConnection({ ctx, input: { connectionId: connection.id } })).state;
    expect(await state()).toBe('needs-reauthentication');
    await renewConnection({ ctx, input: { verificationId, name: 'Contoso' } });
    expect(await state()).toBe('ready');
    expect(await world.db.secret.count({ where: { target: null } })).toBe(2);
  });
});

describe('testVerification', () => {
  it('calls Graph only once it is verified', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    await expect(testVerification({ ctx, input: { verificationId } })).rejects.toEqual(problem('not-verified'));
    await verifyCode({ ctx, input: { verificationId, pasted: code } });
    expect(await testVerification({ ctx, input: { verificationId } })).toMatchObject({ account: 'ada@contoso.test' });
  });
});
