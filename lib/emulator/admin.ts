import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { adminPage, changedPage } from './admin-page.ts';
import type { EmulatorHandler, EmulatorRequest, EmulatorResponse } from './contract.ts';
import { AccessTokenFault, AuthorizeFault, TokenFault } from './entra/faults.ts';
import type { EmulatorInfo } from './info.ts';

/** Actions of the admin surface, provided by start.ts. */
export interface AdminActions {
  readonly info: () => EmulatorInfo;
  readonly tenantDisplayName: string;
  /** @throws when `spec` is invalid */
  readonly mutate: (spec: unknown) => Promise<unknown>;
  readonly planTokenFaults: (faults: readonly TokenFault[]) => void;
  /** Planned token faults that have not occurred yet. */
  readonly tokenFaultsLeft: () => readonly TokenFault[];
  /** Sets the faults of the Graph half; `null` removes them. */
  readonly setGraphFaults: (faults: unknown) => void;
  /** Revokes refresh tokens and browser sessions of one person, or of all. False = no such person. */
  readonly revoke: (username: string | null) => boolean;
  /** Adds a certificate like the portal's Certificates & secrets. @throws for an invalid certificate. False = no such app. */
  readonly addCertificate: (clientId: string, pem: string) => boolean;
  /** Sets how access tokens differ from Entra's; `null` restores them. */
  readonly setAccessTokenFault: (fault: z.input<typeof AccessTokenFault> | null) => void;
  readonly planAuthorizeFaults: (faults: readonly AuthorizeFault[]) => void;
}

const CertificateBody = z.object({ clientId: z.string(), certificatePem: z.string() });
const FaultsBody = z.object({
  token: z.array(TokenFault).optional(),
  authorize: z.array(AuthorizeFault).optional(),
  accessTokens: AccessTokenFault.nullable().optional(),
  graph: z.unknown().optional(),
});
const RevokeBody = z.object({ username: z.string().nullable().default(null) });

/** The default, small change of the page's button. */
const SOME_CHANGES = {};

/**
 * `/__admin/*` for tests and the command line (bearer `adminToken`), and the page about this tenant at `/`.
 * Both answer only for the emulator's own host names, so that other web pages cannot use them by DNS rebinding.
 */
export function createAdminHandler(adminToken: string, actions: AdminActions): EmulatorHandler {
  const formToken = createHmac('sha256', adminToken).update('change-some-data').digest('base64url');
  return async (request) => {
    const path = request.url.pathname;
    if (path !== '/' && path !== '/change' && !path.startsWith('/__admin/')) return null;
    if (!isOwnHost(request.url.hostname, actions.info())) return json(421, { error: 'The request names another host.' });
    if (path === '/' && request.method === 'GET') return adminPage(actions.info(), actions.tenantDisplayName, formToken);
    if (path === '/change' && request.method === 'POST') return changeSomeData(request, formToken, actions);
    if (!path.startsWith('/__admin/')) return null;
    if (!isAuthorized(request, adminToken))
      return json(401, { error: 'The admin endpoints need the bearer adminToken of emulator.json.' });
    return runAdmin(`${request.method} ${path.slice('/__admin/'.length)}`, request, actions);
  };
}

function isOwnHost(hostname: string, info: EmulatorInfo): boolean {
  return ['localhost', '127.0.0.1', '[::1]', new URL(info.adminUrl).hostname].includes(hostname);
}

function isAuthorized(request: EmulatorRequest, adminToken: string): boolean {
  return sameText(request.headers['authorization'] ?? '', `Bearer ${adminToken}`);
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function runAdmin(route: string, request: EmulatorRequest, actions: AdminActions): Promise<EmulatorResponse | null> {
  try {
    switch (route) {
      case 'GET info':
        return json(200, actions.info());
      case 'POST mutate':
        return json(200, await actions.mutate(readJson(request)));
      case 'GET faults':
        return json(200, { token: actions.tokenFaultsLeft() });
      case 'POST faults': {
        const body = FaultsBody.parse(readJson(request));
        if (body.token !== undefined) actions.planTokenFaults(body.token);
        if (body.authorize !== undefined) actions.planAuthorizeFaults(body.authorize);
        if (body.accessTokens !== undefined) actions.setAccessTokenFault(body.accessTokens);
        if (body.graph !== undefined) actions.setGraphFaults(body.graph);
        return json(200, { ok: true });
      }
      case 'POST certificates': {
        const { clientId, certificatePem } = CertificateBody.parse(readJson(request));
        return actions.addCertificate(clientId, certificatePem)
          ? json(200, { ok: true })
          : json(404, { error: `There is no app ${clientId}.` });
      }
      case 'POST revoke': {
        const { username } = RevokeBody.parse(readJson(request));
        return actions.revoke(username) ? json(200, { ok: true }) : json(404, { error: `There is no user ${username}.` });
      }
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    if (error instanceof SyntaxError || error instanceof RangeError) return json(400, { error: error.message });
    throw error;
  }
}

function readJson(request: EmulatorRequest): unknown {
  const text = Buffer.from(request.body).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function json(status: number, body: unknown): EmulatorResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body, null, 2),
  };
}

async function changeSomeData(request: EmulatorRequest, formToken: string, actions: AdminActions): Promise<EmulatorResponse> {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  if (!sameText(form.get('token') ?? '', formToken)) return json(403, { error: 'The form is not from this page.' });
  return changedPage(await actions.mutate(SOME_CHANGES));
}
