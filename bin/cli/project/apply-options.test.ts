import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { current, startServer, startTenant } from '../testing/project-servers.ts';

vi.mock('server-only', () => ({}));
vi.mock('#lib/web/composition.ts', () => ({ composition: () => current.composition }));

interface Wanted {
  readonly signIn: 'app-only' | 'delegated';
  readonly method: 'reload-and-compare' | 'full-load';
  readonly host: string;
}

const FIRST: Wanted = { signIn: 'app-only', method: 'reload-and-compare', host: 'dwh.contoso.test' };

/** A server of a tenant, and a way to apply a project to it. */
async function started(first: Wanted) {
  const tenant = await startTenant(12);
  const { clientId, clientSecret, graphBaseUrl, tenantDomain } = tenant.emulator.info;
  const server = await startServer(tenant, { SECRET: clientSecret, PASSWORD: 'of the warehouse' });
  const dir = mkdtempSync(join(tmpdir(), 'entrada-git-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'entrada.yaml');
  const write = ({ signIn, method, host }: Wanted) =>
    writeFileSync(
      file,
      `
format: entrada-project
version: 1
connections:
  - { name: Contoso, signIn: ${signIn}, clientId: ${clientId}, tenant: ${tenantDomain}, graphBaseUrl: '${graphBaseUrl}', clientSecret: '\${SECRET}' }
targets:
  - name: Warehouse
    kind: postgres
    settings: { host: ${host}, port: 5432, database: dwh, user: entrada, tls: verify-full, caPem: '' }
    secrets: { password: '\${PASSWORD}' }
tasks:
  - { name: Landed, connection: Contoso, target: Built-in landing database, method: ${method}, settings: { schema: landed }, datasets: [users, group_members] }
  - { name: Away, connection: Contoso, target: Warehouse, method: full-load, settings: { schema: away }, datasets: [users] }
`,
    );
  write(first);
  return {
    ...server,
    plan: async (wanted: Wanted, ...options: readonly string[]) => {
      write(wanted);
      return (await server.entrada('plan', file, ...options)).output;
    },
    apply: async (wanted: Wanted, ...options: readonly string[]) => {
      write(wanted);
      return server.entrada('apply', file, '--yes', ...options);
    },
  };
}

it('--recreate alone lets the method of a landed task change, and --move-targets alone the location of a used target', async () => {
  const { apply, plan, reload } = await started(FIRST);
  const first = await apply(FIRST);
  expect(first, first.output).toMatchObject({ code: 0 });
  const rows = await reload('Landed', 'landed');
  expect(rows.users.length).toBeGreaterThan(5);

  const edited: Wanted = { ...FIRST, method: 'full-load', host: 'dwh2.contoso.test' };
  const refused = await apply(edited, '--move-targets');
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('~ target Warehouse: done\n');
  expect(refused.output).toMatch(
    /~ task Landed: failed\. The update method cannot change: the landed data was written with .* The option --recreate of apply allows it\./,
  );
  const moved: Wanted = { ...edited, host: 'dwh3.contoso.test' };
  const other = await apply(moved, '--recreate');
  expect(other.code).toBe(1);
  expect(other.output).toMatch(
    /~ target Warehouse: failed\. 1 task would land in .* The option --move-targets of apply allows it\./,
  );
  expect(other.output).toContain('~ task Landed: done\n');
  expect(await plan(edited)).toContain('Nothing to do');
  expect(await reload('Landed', 'landed')).toEqual(rows);
}, 120_000);

it('--secrets sends the secrets of what has not changed again; without it a new value is no difference', async () => {
  const { apply, plan, variables } = await started(FIRST);
  await apply(FIRST);
  variables['PASSWORD'] = 'a new one';
  expect(await plan(FIRST)).toContain('Nothing to do');
  const planned = await plan(FIRST, '--secrets');
  expect(planned).toMatch(/~ connection Contoso\n {4}clientSecret: sent again from \$\{SECRET\}/);
  expect(planned).toMatch(/~ target Warehouse\n {4}secrets\.password: sent again from \$\{PASSWORD\}/);
  expect(planned).not.toContain('a new one');
  const applied = await apply(FIRST, '--secrets');
  expect(applied, applied.output).toMatchObject({ code: 0, output: expect.stringContaining('2 done, 0 failed, 0 skipped.') });
  delete variables['PASSWORD'];
  await expect(apply(FIRST, '--secrets')).rejects.toThrow('needs the environment variable PASSWORD, which is not set');
  variables['SECRET'] = 'wrong';
  variables['PASSWORD'] = 'a new one';
  const wrong = await apply(FIRST, '--secrets');
  expect([wrong.code, wrong.output], 'a secret that Entra refuses').toEqual([
    1,
    expect.stringMatching(/~ connection Contoso: failed\. /),
  ]);
}, 120_000);

it('a connection that a person signs in for is said by the plan; without a terminal only it fails, and what needs it', async () => {
  const { apply, plan, entrada } = await started(FIRST);
  const delegated: Wanted = { ...FIRST, signIn: 'delegated' };
  expect(await plan(delegated)).toMatch(/\+ connection Contoso\n( {4}.*\n)* {4}a person has to sign in for it\n/);
  expect(await plan(FIRST)).not.toContain('a person has to sign in');
  const applied = await apply(delegated);
  expect(applied.code).toBe(1);
  for (const line of [
    '+ connection Contoso: failed. The connection Contoso needs the sign-in of a person. Create it on the page, or run this command in a terminal',
    '+ target Warehouse: done\n',
    '+ task Landed: skipped. The connection Contoso was not created or changed.',
    '+ task Away: skipped. The connection Contoso was not created or changed.',
  ])
    expect(applied.output).toContain(line);
  expect((await entrada('connections', 'list')).output).toBe('None.\n');
}, 60_000);
