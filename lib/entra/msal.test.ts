import { expect, test } from 'vitest';
import type { ClientSettings } from '#lib/domain/account/session.ts';
import type { Http } from '#lib/platform/http/http.ts';
import { resolveCloud } from './clouds.ts';
import { signInApplication } from './sign-in.ts';

const GRAPH = 'https://graph.microsoft.com/v1.0';
const settings: ClientSettings = {
  clientId: '11111111-1111-1111-1111-111111111111',
  credential: { kind: 'secret', secret: 'secret' },
  signIn: 'app-only',
  graphBaseUrl: GRAPH,
  tenant: 'contoso.example',
};

function answering(status: number, headers: Record<string, string>, body: string | Buffer): Http {
  return { send: async () => ({ status, headers, body: Buffer.from(body) }), close: async () => undefined };
}

const html = { 'content-type': 'text/html' };

test.each([
  ['a page', 200, html, '<html>', 'text/html from login.microsoftonline.com'],
  ['a refusal of a proxy', 403, html, '<html>', 'status 403, text/html from login.microsoftonline.com'],
  [
    'a redirect',
    302,
    { location: 'https://portal.test/' },
    '',
    'a redirect to https://portal.test/ (302) from login.microsoftonline.com',
  ],
  ['words', 200, {}, 'no', 'an answer without content type from login.microsoftonline.com'],
])('%s in the place of Entra is said as what it is', async (_, status, headers, body, what) => {
  const http = answering(status, headers as Record<string, string>, body);
  const signedIn = signInApplication({ http, cloud: resolveCloud(GRAPH, []), settings }, { renew: true });
  await expect(signedIn).rejects.toMatchObject({
    retry: 'backoff',
    problem: {
      code: 'answer-not-from-entra',
      fixer: 'operator',
      title: `A system between Entrada and Microsoft Entra ID answered instead of Microsoft Entra ID: ${what}.`,
    },
  });
});

test('an answer of Entra behind a byte order mark is read', async () => {
  const refusal = { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' };
  const http = answering(401, { 'content-type': 'application/json' }, `\uFEFF${JSON.stringify(refusal)}`);
  const signedIn = signInApplication({ http, cloud: resolveCloud(GRAPH, []), settings }, { renew: true });
  await expect(signedIn).rejects.toMatchObject({ problem: { reference: { aadsts: 'AADSTS7000215' } } });
});
