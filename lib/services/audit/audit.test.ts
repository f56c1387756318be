import { expect, test } from 'vitest';
import { actorRef } from '#lib/domain/account/actor.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { testConnection } from '../connection/test-connection.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { sampleDataset } from '../dataset/sample-dataset.ts';
import { createTestWorld, makeConnection, type TestWorld } from '../testing/test-context.ts';
import { exportAudit } from './export-audit.ts';
import { listAudit } from './list-audit.ts';
import { listAuditFacetsOf } from './list-audit-facets.ts';

const CLI = actorRef({ kind: 'cli' });

/** Writes audit events of one actor, `count` at each of the given times. */
async function fill(world: TestWorld, times: readonly string[], count: number): Promise<void> {
  for (const at of times) {
    for (let index = 0; index < count; index++) {
      await appendAudit(world.db, { actor: CLI, action: 'task.create', subjectId: null, at: new Date(at) });
    }
  }
}

test('pages go on by the last line, also among lines of one millisecond, and none is left out or comes twice', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  await fill(world, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'], 7);
  const seen: string[] = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const page: Awaited<ReturnType<typeof listAudit>> = await listAudit({ ctx, input: { cursor, limit: 3 } });
    seen.push(...page.events.map(({ id }) => id));
    // Events that are added meanwhile do not shift the pages.
    if (first) await fill(world, ['2026-01-03T00:00:00Z'], 2);
    cursor = page.next;
  }
  expect(seen).toHaveLength(14);
  expect(new Set(seen).size).toBe(14);
  await expect(listAudit({ ctx, input: { cursor: 'nonsense' } })).rejects.toMatchObject({ problem: { field: 'cursor' } });
});

test('creating, testing and looking at rows of a connection are lines that name the person and the connection', async () => {
  const world = await createTestWorld();
  const admin = await world.as('admin');
  const editor = await world.as('editor');
  const connection = await makeConnection(editor, world, 'Contoso');
  const [dataset] = await listDatasets({ ctx: editor, input: { connectionId: connection.id } });
  await testConnection({ ctx: editor, input: { connectionId: connection.id } });
  await sampleDataset({ ctx: editor, input: { datasetId: dataset?.id ?? '' } });
  const { events } = await listAudit({ ctx: admin, input: { subject: connection.id } });
  expect(new Set(events.map(({ action }) => action))).toEqual(
    new Set(['connection.create', 'connection.generate-metadata', 'connection.test', 'dataset.sample']),
  );
  expect(events.find(({ action }) => action === 'connection.test')).toMatchObject({
    actor: { kind: 'user', id: editor.actor.userId, name: editor.actor.email },
    subjectName: 'Contoso',
    detail: { outcome: 'ok' },
  });
});

test('a use that failed is a line as well, with the problem’s code', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const connection = await makeConnection(ctx, world);
  world.executor.refusal = new RemoteError({ code: 'needs-reauthentication', title: 'The sign-in was revoked.' });
  await expect(testConnection({ ctx, input: { connectionId: connection.id } })).rejects.toThrow();
  const { events } = await listAudit({ ctx, input: { action: 'connection.test' } });
  expect(events).toMatchObject([{ detail: { outcome: 'failed', problem: 'needs-reauthentication' } }]);
});

test('filters by person, action, kind of action, part of a name and range; a day counts whole', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  await makeConnection(ctx, world, 'Fabrikam EU');
  await fill(world, ['2026-01-01T00:00:00Z', '2026-01-01T23:59:59.999Z', '2026-01-02T00:00:00Z'], 1);
  const count = async (input: Parameters<typeof listAudit>[0]['input']) => (await listAudit({ ctx, input })).events.length;
  expect(await count({ person: 'cli' })).toBe(3);
  expect(await count({ action: 'connection.create' })).toBe(1);
  expect(await count({ action: 'connection.*' })).toBe(2);
  expect(await count({ subject: 'fabrikam' })).toBe(1);
  expect(await count({ from: '2026-01-01', to: '2026-01-01' })).toBe(2);
  expect(await count({ from: '2026-01-01T23:59:59.999Z', to: '2026-01-02T00:00:00Z' })).toBe(2);
  expect(await count({ person: 'cli', from: '2026-01-02', to: '' })).toBe(1);
  await expect(listAudit({ ctx, input: { from: 'yesterday' } })).rejects.toThrow(/day/);
  expect(await listAuditFacetsOf({ ctx, input: {} })).toMatchObject({
    people: expect.arrayContaining([
      { actor: `user:${ctx.actor.userId}`, name: ctx.actor.email },
      { actor: 'cli', name: 'Command line' },
    ]),
    actions: expect.arrayContaining(['connection.create', 'task.create']),
  });
});

async function exported(ctx: Parameters<typeof exportAudit>[0]['ctx'], format: 'csv' | 'jsonl', action: string) {
  let text = '';
  for await (const part of await exportAudit({ ctx, input: { format, action } })) text += part;
  return text;
}

test('an export holds every line that the filter finds, quoted, with no formula for a spreadsheet, and is a line itself', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const name = '=HYPERLINK("https://evil.test"),\nx';
  const entry = { actor: CLI, subjectId: 'task_gone', at: new Date('2026-01-01T00:00:00Z') };
  await appendAudit(world.db, { ...entry, action: 'task.create', detail: { name } });
  await appendAudit(world.db, { ...entry, action: 'task.delete', detail: { name } });
  const [line] = (await exported(ctx, 'jsonl', 'task.create')).trimEnd().split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({
    actor: { kind: 'cli', name: 'Command line' },
    action: 'task.create',
    detail: { name },
  });
  const [header, row, ...more] = (await exported(ctx, 'csv', 'task.delete')).split('\r\n');
  expect(header).toBe('at,actorKind,actorId,actorName,userId,action,subjectId,subjectName,detail,id');
  expect(row).toContain(`task.delete,task_gone,"'=HYPERLINK(""https://evil.test""),\nx","{""name"":`);
  expect(more).toEqual(['']);
  const { events } = await listAudit({ ctx, input: { action: 'audit.export' } });
  expect(events.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([
      { format: 'csv', action: 'task.delete', outcome: 'ok' },
      { format: 'jsonl', action: 'task.create', outcome: 'ok' },
    ]),
  );
});

test('an export of more lines than one page is whole', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const at = new Date('2026-01-01T00:00:00Z');
  await world.db.auditEvent.createMany({
    data: Array.from({ length: 2100 }, (_, index) => ({
      id: `aud_${index}`,
      at,
      actorKind: 'cli' as const,
      actorName: 'Command line',
      action: 'task.create',
    })),
  });
  expect((await exported(ctx, 'jsonl', 'task.create')).trimEnd().split('\n')).toHaveLength(2100);
});
