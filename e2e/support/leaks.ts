import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import pg from 'pg';
import type { Product } from './product.ts';

/** Texts that must not occur anywhere, by description. */
export type Secrets = Readonly<Record<string, string>>;

/** Secrets by their form: signed tokens (RFC 7519), credentials and codes in a URL or a form. */
const FORMS = {
  'a signed token': /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/,
  'a client secret of a form': /client_secret=[^&\s"[]{8,}/,
  'an authentication code of an address': /[?&]code=[\w.~-]{20,}/,
  'a refresh token': /refresh_token["=:\s]+[\w.~-]{20,}/,
  'a bearer token': /bearer\s+[\w.~-]{20,}/i,
} as const;

/** Names of the secrets that `text` contains, with the text before each. */
export function leaks(text: string, secrets: Secrets): readonly string[] {
  const byValue = Object.entries(secrets).flatMap(([name, value]) => {
    const at = value === '' ? -1 : text.indexOf(value);
    return at < 0 ? [] : [`${name} after "${text.slice(Math.max(0, at - 80), at)}"`];
  });
  const byForm = Object.entries(FORMS).flatMap(([name, form]) => {
    const at = form.exec(text)?.index;
    return at === undefined ? [] : [`${name} after "${text.slice(Math.max(0, at - 80), at)}"`];
  });
  return [...byValue, ...byForm];
}

/** Client secrets of the demo tenant's app registrations, and passwords of the test accounts. */
export async function knownSecrets(app: Product): Promise<Secrets> {
  const { clientSecret, otherApps, adminToken } = await app.emulator();
  const { keys } = JSON.parse(readFileSync(join(app.dataDir, 'runtime.json'), 'utf8')) as {
    keys: { ENTRADA_SECRET_KEY_FILE: string };
  };
  return {
    'the demo client secret': clientSecret,
    ...Object.fromEntries(otherApps.map(({ key, clientSecret: secret }) => [`the client secret of ${key}`, secret])),
    'the admin token of the demo tenant': adminToken,
    'the administrator’s password': (await app.account('admin')).password,
    'the key of secrets': /:([^,\s]+)/.exec(readFileSync(keys.ENTRADA_SECRET_KEY_FILE, 'utf8'))?.[1] ?? '',
  };
}

/** Every URL that the page requests, and every text answer of Entrada. */
export function recordAnswers(page: Page, origin: string): { readonly addresses: string[]; readonly bodies: Promise<string>[] } {
  const addresses: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on('request', (request) => void addresses.push(request.url()));
  page.on('response', (response) => {
    const type = response.headers()['content-type'] ?? '';
    if (!response.url().startsWith(origin) || !/html|json|x-component|csv/.test(type)) return;
    // Answers of a page that was left cannot be read.
    bodies.push(response.text().catch(() => ''));
  });
  return { addresses, bodies };
}

/** Every row of every table in Entrada's database, including the queue's, as one text per table. */
export async function dumpDatabase(app: Product): Promise<ReadonlyMap<string, string>> {
  return withDatabase(app, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const dump = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`SELECT to_jsonb(t)::text AS line FROM ${name} t`);
      dump.set(name, rows.map(({ line }) => line).join('\n'));
    }
    return dump;
  });
}

/** Entrada's database, with the operator's access. */
export async function withDatabase<T>(app: Product, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { databaseUrl } = JSON.parse(readFileSync(join(app.dataDir, 'runtime.json'), 'utf8')) as { databaseUrl: string };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
