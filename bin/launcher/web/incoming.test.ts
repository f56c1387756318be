import { describe, expect, it } from 'vitest';
import { parseNetwork } from '#lib/platform/http/networks.ts';
import { createAddressReader, refusalOf } from './incoming.ts';

function trusting(...networks: string[]) {
  return createAddressReader(networks.map(parseNetwork).filter((network) => network !== null));
}

describe("a caller's address", () => {
  it('is that of the socket, whatever the caller writes, where no proxy is trusted', () => {
    const address = trusting();
    expect(address('192.0.2.7', '203.0.113.1, 198.51.100.1')).toBe('192.0.2.7');
    expect(address('::ffff:127.0.0.1', '203.0.113.1')).toBe('127.0.0.1');
    expect(address(undefined, undefined)).toBe('unknown');
  });

  it('is what the trusted proxies saw: the first from the right that is none of them', () => {
    const address = trusting('10.0.0.0/8', 'fd00::/8');
    expect(address('10.1.2.3', 'made-up, 203.0.113.1')).toBe('203.0.113.1');
    expect(address('10.1.2.3', ['made-up, 203.0.113.1', '10.9.9.9'])).toBe('203.0.113.1');
    expect(address('fd00::1', '2001:db8::5')).toBe('2001:db8::5');
    expect(address('192.0.2.7', '203.0.113.1')).toBe('192.0.2.7');
  });

  it('is the proxy’s own where it says nothing', () => {
    expect(trusting('10.0.0.0/8')('10.1.2.3', undefined)).toBe('10.1.2.3');
  });
});

describe('a request that Next.js has no words for', () => {
  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'PURGE', ''])('%s is answered with 405', (method) => {
    expect(refusalOf({ method, url: '/' })).toMatchObject({ status: 405 });
  });

  it.each(['/%', '/%zz', '/connections/%E0%A4%A', '/%00', 'http://evil.test/', '*', '', '//', '//evil.test/x', '/\\evil.test'])(
    'the address %j is answered with 400',
    (url) => {
      expect(refusalOf({ method: 'GET', url })).toMatchObject({ status: 400 });
    },
  );

  it.each(['/', '/connections/conn_1?x=%', '/a%20b', '/api/v1/runs?filter=%zz', '/%C3%A4'])('%j goes on', (url) => {
    expect(refusalOf({ method: 'GET', url })).toBeNull();
  });
});
