import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ClientSettings } from '#lib/domain/account/session.ts';
import { createHttp } from '#lib/platform/http/http.ts';
import { MICROSOFT_CLOUDS, resolveCloud } from './clouds.ts';
import { buildSignIn, signInApplication } from './sign-in.ts';

test.each(
  MICROSOFT_CLOUDS.flatMap((cloud) =>
    ['v1.0', 'beta'].map((version) => [`${cloud.graphOrigin}/${version}`, cloud.authorityOrigin] as const),
  ),
)('%s signs in at %s', (url, authority) => {
  expect(resolveCloud(`${url}/`, [])).toMatchObject({ cloud: { authorityOrigin: authority }, baseUrl: url });
});

test.each([
  ['https://graph.evil.example/v1.0', /not one of the allowed/],
  ['https://graph.microsoft.com.evil.example/v1.0', /not one of the allowed/],
  ['https://graph.microsoft.com./v1.0', /not one of the allowed/],
  ['https://graph.microsoft.com:8443/v1.0', /not one of the allowed/],
  ['https://2130706433/v1.0', /The host 127\.0\.0\.1 is not one of the allowed/],
  ['https://0x7f.1/v1.0', /The host 127\.0\.0\.1 is not one of the allowed/],
  ['https://0177.0.0.1/v1.0', /The host 127\.0\.0\.1 is not one of the allowed/],
  ['https://[::ffff:7f00:1]/v1.0', /not one of the allowed/],
  ['https://[::1]/v1.0', /not one of the allowed/],
  ['https://169.254.169.254/v1.0', /not one of the allowed/],
  ['https://localhost/v1.0', /not one of the allowed/],
  ['http://localhost:8080/v1.0', /not one of the allowed/],
  ['http://graph.microsoft.com/v1.0', /https/],
  ['ftp://graph.microsoft.com/v1.0', /https/],
  ['https://graph.microsoft.com', /must end in/],
  ['https://graph.microsoft.com/v2.0', /must end in/],
  ['https://graph.microsoft.com/v1.0?x=1', /must end in/],
  ['https://graph.microsoft.com/v1.0#x', /must end in/],
  ['https://a:b@graph.microsoft.com/v1.0', /user name/],
  ['https://graph.microsoft.com@evil.example/v1.0', /user name/],
  ['https://graph.microsoft.com%2f@evil.example/v1.0', /user name/],
  ['nonsense', /not a URL/],
])('%s is refused at its field', (url, title) => {
  expect(() => resolveCloud(url, [])).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ field: 'graphBaseUrl', title: expect.stringMatching(title) }) }),
  );
});

test('a cloud of this machine that the operator listed may be plain http', () => {
  const own = { name: 'Own', graphOrigin: 'http://localhost:8080', authorityOrigin: 'http://localhost:8080' };
  expect(resolveCloud('http://localhost:8080/beta', [own])).toMatchObject({ version: 'beta', cloud: own });
});

/** An authority of this machine whose metadata says `metadata`, and everything that it was asked. */
async function authorityWith(metadata: (origin: string) => object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(metadata(`http://localhost:${(server.address() as AddressInfo).port}`)));
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  onTestFinished(() => void server.close());
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const own = { name: 'Own', graphOrigin: origin, authorityOrigin: origin };
  const http = createHttp({ allowedOrigins: [], operatorOrigins: [origin], extraCaPem: null });
  onTestFinished(() => http.close());
  const settings: ClientSettings = {
    clientId: '5b7f7a3c-0d0e-4c53-9a52-6c1f2b8f0a11',
    credential: { kind: 'secret', secret: 'the-secret' },
    signIn: 'app-only',
    graphBaseUrl: `${origin}/v1.0`,
    tenant: 'contoso.com',
  };
  return { asked, deps: { http, cloud: resolveCloud(settings.graphBaseUrl, [own]), settings } };
}

const metadataOf = (origin: string) => ({
  issuer: `${origin}/v2.0`,
  jwks_uri: `${origin}/keys`,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
});

test("another allowed cloud's token endpoint gets no secret", async () => {
  const { deps } = await authorityWith((origin) => ({
    ...metadataOf(origin),
    token_endpoint: `${origin.replace('localhost', '127.0.0.1')}/token`,
  }));
  await expect(signInApplication(deps, { renew: true })).rejects.toMatchObject({ code: 'endpoint-elsewhere' });
});

test('metadata that names a token endpoint on another host gets no secret', async () => {
  const { deps } = await authorityWith((origin) => ({ ...metadataOf(origin), token_endpoint: 'https://evil.example/token' }));
  await expect(signInApplication(deps, { renew: true })).rejects.toMatchObject({ code: 'endpoint-elsewhere' });
});

test.each(['https://evil.example/authorize', 'http://evil.example/authorize', 'http://localhost:1/authorize'])(
  'metadata that names the sign-in page %s is refused: a password would be typed there',
  async (page) => {
    const { deps } = await authorityWith((origin) => ({ ...metadataOf(origin), authorization_endpoint: page }));
    const input = { redirectUri: 'http://localhost:3000/auth/oauth/code', state: 'state', scopes: [] };
    await expect(buildSignIn(deps, input)).rejects.toMatchObject({ code: 'sign-in-elsewhere' });
  },
);
