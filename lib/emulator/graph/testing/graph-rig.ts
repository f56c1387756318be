import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessClaims } from '../../contract.ts';
import type { Row } from '../../tenant/collection.ts';
import { createTenant } from '../../tenant/tenant.ts';
import { createGraphFaults } from '../faults.ts';
import { createGraphHandler } from '../handler.ts';

const ORIGIN = 'https://localhost:1';
const ALL_SCOPES = [
  'User.Read',
  'User.Read.All',
  'Group.Read.All',
  'GroupMember.Read.All',
  'Application.Read.All',
  'Directory.Read.All',
  'Device.Read.All',
  'OrgContact.Read.All',
  'RoleManagement.Read.Directory',
  'AuditLog.Read.All',
  'Member.Read.Hidden',
].join(' ');

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Delegated permissions of the token. */
  readonly scopes?: string;
}

/** Members of Graph's bodies; each test knows which are present. */
export interface GraphBody {
  readonly value: readonly (Row & { readonly id: string })[];
  readonly error: { readonly code: string; readonly message: string };
  readonly responses: readonly {
    readonly id: string;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: GraphBody;
  }[];
  readonly '@odata.nextLink': string;
  readonly '@odata.deltaLink': string;
  readonly '@odata.count': number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: GraphBody;
}

/** Only the Graph half, without sockets and sign-in; the clock changes only when set. */
export function createGraphRig(users = 300) {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-graph-rig-'));
  const clock = {
    at: new Date('2026-11-24T01:00:00Z'),
    now() {
      return this.at;
    },
  };
  const tenant = createTenant({ seed: 1, users, dir, clock });
  const faults = createGraphFaults();
  const oid = tenant.suggestedUsers()[0]?.id ?? '';
  const claims = (scp: string): AccessClaims => ({ aud: '', iss: '', exp: 0, appid: 'app', tid: tenant.tenantId, oid, scp });
  const handle = createGraphHandler({
    tenant,
    faults,
    clock,
    origin: ORIGIN,
    verifyAccessToken: (token) => ({ ok: true, claims: claims(token.replaceAll(',', ' ')) }),
  });
  const call = async (path: string, { method = 'GET', headers = {}, body, scopes = ALL_SCOPES }: Call = {}): Promise<Answer> => {
    const response = await handle({
      method,
      url: new URL(path.startsWith('https:') ? path : `${ORIGIN}/v1.0${path}`),
      headers: { authorization: `Bearer ${scopes.replaceAll(' ', ',')}`, ...headers },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
    if (response === null) throw new Error(`not a path of Graph: ${path}`);
    const chunks: string[] = [];
    if (typeof response.body === 'string') chunks.push(response.body);
    else if (response.body instanceof Uint8Array) chunks.push(Buffer.from(response.body).toString('utf8'));
    else if (response.body !== null) for await (const chunk of response.body) chunks.push(String(chunk));
    const text = chunks.join('');
    const isJson = response.headers['content-type']?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      // Parsed on access: an intermediary may send any text with the content type of JSON.
      get json() {
        return (isJson ? JSON.parse(text) : {}) as GraphBody;
      },
    };
  };
  return { tenant, faults, clock, call, close: () => rmSync(dir, { recursive: true, force: true }) };
}
