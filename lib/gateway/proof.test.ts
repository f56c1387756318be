import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { isProofOf, type ProvenRequest, readProofHeader, signProof, verifySignature } from './proof.ts';
import { SigningKey } from './protocol.ts';
import { PROTOCOL_VERSION } from './version.ts';

const now = new Date('2026-11-24T08:00:00Z');
const request: ProvenRequest = { method: 'POST', url: 'https://entrada.test/api/gateway/v1/status?a=1', body: '{"x":1}' };
let key: { readonly privateKey: JWK; readonly signingKey: SigningKey };
let other: typeof key;

async function makeKey(): Promise<typeof key> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return { privateKey: await exportJWK(pair.privateKey), signingKey: SigningKey.parse(await exportJWK(pair.publicKey)) };
}

beforeAll(async () => {
  [key, other] = [await makeKey(), await makeKey()];
});

describe('proofs', () => {
  it('name their gateway and the request, once each', async () => {
    const sign = () => signProof(request, { ...key, gatewayId: 'gw_1', now });
    const [first, second] = [readProofHeader(await sign()), readProofHeader(await sign())];
    expect(first?.of).toEqual({ gatewayId: 'gw_1' });
    const claims = await verifySignature(first?.jwt ?? '', key.signingKey);
    expect(claims).toMatchObject({ iat: now.getTime() / 1000, protocol: PROTOCOL_VERSION, htm: 'POST' });
    expect(claims).not.toBeNull();
    if (claims !== null) expect(isProofOf(claims, request)).toBe(true);
    expect((await verifySignature(second?.jwt ?? '', key.signingKey))?.jti).not.toBe(claims?.jti);
  });

  it.each<[string, Partial<ProvenRequest>]>([
    ['method', { method: 'GET' }],
    ['host', { url: request.url.replace('entrada.test', 'other.test') }],
    ['path', { url: request.url.replace('status', 'register') }],
    ['query', { url: request.url.replace('a=1', 'a=2') }],
    ['body', { body: '{"x":2}' }],
  ])('are of no request with another %s', async (_what, change) => {
    const read = readProofHeader(await signProof(request, { ...key, gatewayId: 'gw_1', now }));
    const claims = await verifySignature(read?.jwt ?? '', key.signingKey);
    expect(claims === null || isProofOf(claims, { ...request, ...change })).toBe(false);
  });

  it('of another key, or changed afterwards, have no claims', async () => {
    const read = readProofHeader(await signProof(request, { ...key, gatewayId: 'gw_1', now }));
    expect(await verifySignature(read?.jwt ?? '', other.signingKey)).toBeNull();
    const [header, payload = '', signature] = (read?.jwt ?? '').split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), htm: 'GET' };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    expect(await verifySignature(forged, key.signingKey)).toBeNull();
  });

  it('of a registration carry the public key', async () => {
    const read = readProofHeader(await signProof(request, { ...key, now }));
    expect(read?.of).toEqual({ signingKey: key.signingKey });
  });

  it.each(['', 'Bearer abc', 'Gateway', 'Gateway abc', 'Gateway a.b.c', 'Gateway a.b.c d'])('are not read from %j', (text) => {
    expect(readProofHeader(text)).toBeNull();
  });
});
