import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { current, startServer, startTenant } from '../testing/project-servers.ts';
import { projectJsonSchema } from './project-file.ts';
import { readProject } from './read-project.ts';

vi.mock('server-only', () => ({}));
vi.mock('#lib/web/composition.ts', () => ({ composition: () => current.composition }));

const projectOf = (info: { clientId: string; graphBaseUrl: string; tenantDomain: string }) => `
format: entrada-project
version: 1
gateways:
  - name: Plant A
    description: In the plant
gatewayGroups:
  - name: Plant
    gateways: [Plant A]
connections:
  - name: Contoso
    signIn: app-only
    clientId: ${info.clientId}
    tenant: ${info.tenantDomain}
    graphBaseUrl: ${info.graphBaseUrl}
    clientSecret: \${CONTOSO_CLIENT_SECRET}
targets:
  - name: Warehouse
    kind: postgres
    settings: { host: '\${WAREHOUSE_HOST}', port: 5432, database: dwh, user: entrada, tls: verify-full, caPem: '' }
    secrets: { password: '\${WAREHOUSE_PASSWORD}' }
  - name: Plant warehouse
    kind: postgres
    settings: { host: 10.0.0.4, port: 5432, database: dwh, user: entrada, tls: disable, caPem: '' }
    secrets: { password: '\${PLANT_WAREHOUSE_PASSWORD}' }
    gatewayGroup: Plant
tasks:
  - name: Nightly
    connection: Contoso
    target: Built-in landing database
    method: reload-and-compare
    settings: { schema: contoso, history: true }
    datasets: [users, group_members]
    schedule:
      rule: { kind: daily, time: '05:30', weekdaysOnly: true }
      timeZone: Europe/Berlin
  - name: Weekly
    connection: Contoso
    target: Warehouse
    method: full-load
    settings: { schema: weekly }
    datasets: [groups]
    paused: true
    schedule:
      rule: { kind: event, afterTask: Nightly, states: [done] }
      timeZone: Europe/Berlin
  - name: Versions
    connection: Contoso
    target: Local data lake
    method: reload
    settings: { folder: '{connection}/{task}/{dataset}/{date}' }
    datasets: [users]
notificationChannels:
  - { name: On call, kind: webhook, url: '\${ON_CALL_URL}' }
  - { name: Post, kind: email, to: [ops@contoso.test], enabled: false }
notificationRules:
  - { name: Failures, events: [run-failed], task: Nightly, channels: [On call] }
`;

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-git-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function fileWith(text: string): string {
  const file = join(folder(), 'entrada.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a project as a file', () => {
  it('applied to an empty server from the export of another, lands the same tables; a second apply does nothing', async () => {
    const tenant = await startTenant(25);
    const { info } = tenant.emulator;
    const variables: Record<string, string | undefined> = {
      CONTOSO_CLIENT_SECRET: info.clientSecret,
      WAREHOUSE_HOST: 'dwh.contoso.test',
      WAREHOUSE_PASSWORD: 'of the warehouse',
      PLANT_WAREHOUSE_PASSWORD: 'of the plant',
      ON_CALL_URL: 'https://hooks.contoso.test/x',
    };
    const first = await startServer(tenant, variables);
    const written = fileWith(projectOf(info));
    const applied = await first.entrada('apply', written, '--yes');
    expect(applied, applied.output).toMatchObject({ code: 0, output: expect.stringContaining('+ task Nightly: done\n') });

    const file = join(folder(), 'entrada.yaml');
    await first.entrada('export', '--output', file);
    const text = readFileSync(file, 'utf8');
    expect(parse(text).tasks.find(({ name }: { name: string }) => name === 'Versions').settings.folder).toBe(
      '{connection}/{task}/{dataset}/{date}',
    );
    for (const secret of [info.clientSecret, 'of the warehouse', 'hooks.contoso.test/x']) expect(text).not.toContain(secret);
    expect(
      new Ajv2020({ strict: false, formats: { email: true, uri: true, date: true } }).validate(projectJsonSchema(), parse(text)),
    ).toBe(true);

    const other = await startServer(tenant, { ...variables });
    delete other.variables['WAREHOUSE_PASSWORD'];
    await expect(other.entrada('apply', file, '--yes')).rejects.toThrow(
      'the target Warehouse needs the environment variable WAREHOUSE_PASSWORD, which is not set.',
    );
    expect((await other.entrada('connections', 'list')).output).toBe('None.\n');
    Object.assign(other.variables, variables);
    const unreached = fileWith(projectOf(info).replace('target: Warehouse', 'target: Plant warehouse'));
    const partly = await other.entrada('apply', unreached, '--yes');
    expect(partly.code).toBe(1);
    for (const line of [
      'task Nightly: done',
      'task Weekly: failed. Only the gateway group Plant reaches Plant warehouse',
      'schedule Weekly: skipped. The task',
      'rule Failures: done',
    ])
      expect(partly.output).toContain(line);
    expect(await other.entrada('plan', file, '--detailed-exitcode')).toMatchObject({ code: 2 });
    const copied = await other.entrada('apply', file, '--yes');
    expect(copied, copied.output).toMatchObject({ code: 0 });
    expect(await other.entrada('plan', file, '--detailed-exitcode')).toEqual({
      code: 0,
      output: 'Nothing to do: the server matches the file.\n',
    });
    expect(parse((await other.entrada('export')).output)).toEqual(parse((await first.entrada('export')).output));
    const rows = await first.reload('Nightly', 'contoso');
    expect(rows.users.length).toBeGreaterThan(20);
    expect(await other.reload('Nightly', 'contoso')).toEqual(rows);

    const edited = parse(text);
    edited.tasks[0].settings.history = false;
    edited.notificationRules = edited.notificationRules.filter(({ name }: { name: string }) => name !== 'Failures');
    writeFileSync(file, stringify(edited));
    const plan = JSON.parse((await other.entrada('plan', file, '--prune', '--json')).output);
    expect(plan.changes).toMatchObject([
      { action: 'update', kind: 'task', name: 'Nightly', changes: [{ path: 'settings.history', before: true, after: false }] },
      { action: 'delete', kind: 'notification rule', name: 'Failures' },
    ]);
    expect((await other.entrada('plan', file)).output).not.toContain('Failures');
    expect(await other.entrada('apply', file, '--prune', '--yes')).toMatchObject({ code: 0 });
    expect((await other.entrada('plan', file, '--prune')).output).toContain('Nothing to do');
    await expect(other.entrada('apply', written)).rejects.toThrow(
      'There is no terminal to confirm the changes. Use --yes to make them.',
    );
  }, 120_000);

  it.each([
    ['tasks: [{ name: T }]', 'tasks[0]'],
    [
      'targets:\n  - name: W\n    kind: postgres\n    secrets: { password: hunter2 }',
      'targets[0].secrets.password (line 6): A secret does not belong',
    ],
    ['gateways:\n  - name: A\n    colour: red', 'gateways[0] (line 4): Entrada does not know colour.'],
    [
      'tasks:\n  - { name: T, connection: C, target: L, method: reload, datasets: [users], settings: { csv: { delimeter: ; } } }',
      'tasks[0].settings.csv (line 4): Entrada does not know delimeter.',
    ],
    ['gateways: [{ name: A }, { name: A }]', 'gateways[1].name (line 3): Two entries have the name A.'],
    [`targets: [{ name: W, kind: "\${KIND}" }]`, 'targets[0].kind needs the environment variable KIND, which is not set'],
    ['targets: [', 'is not YAML'],
  ])('says what is wrong with %j, and where', (text, words) => {
    const file = fileWith(`format: entrada-project\nversion: 1\n${text}\n`);
    expect(() => readProject(file, {})).toThrow(words);
    expect(() => readProject(file, {})).not.toThrow('hunter2');
  });
});
