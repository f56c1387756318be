import { expect, test } from 'vitest';
import { parseEnv, proxyOf } from './env.ts';

const cloudAt = (graphOrigin: string) =>
  JSON.stringify([{ name: 'Own', graphOrigin, authorityOrigin: 'https://login.contoso.test' }]);

test.each(['https://graph.contoso.test:8443', 'http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080'])(
  'a cloud of the operator may be at %s',
  (origin) => {
    expect(parseEnv({ ENTRADA_EXTRA_CLOUDS: cloudAt(origin) }).ENTRADA_EXTRA_CLOUDS[0]).toMatchObject({ graphOrigin: origin });
  },
);

test.each(['http://graph.contoso.test', 'http://localhost.contoso.test', 'http://10.0.0.1', 'ftp://localhost'])(
  'a cloud at %s stops the start: tokens would travel unencrypted',
  (origin) => {
    expect(() => parseEnv({ ENTRADA_EXTRA_CLOUDS: cloudAt(origin) })).toThrow(
      /ENTRADA_EXTRA_CLOUDS\.0\.graphOrigin: must start with https/,
    );
  },
);

test.each([
  [{}, null],
  [{ HTTPS_PROXY: 'http://proxy.test:3128' }, { url: 'http://proxy.test:3128', noProxy: '' }],
  [
    { https_proxy: 'http://lower.test:3128', HTTPS_PROXY: 'http://upper.test:3128' },
    { url: 'http://lower.test:3128', noProxy: '' },
  ],
  [
    { https_proxy: '', HTTPS_PROXY: 'http://upper.test:3128' },
    { url: 'http://upper.test:3128', noProxy: '' },
  ],
  [
    { http_proxy: 'proxy.test:3128', no_proxy: 'localhost' },
    { url: 'http://proxy.test:3128', noProxy: 'localhost' },
  ],
  [
    { HTTP_PROXY: 'http://plain.test', HTTPS_PROXY: 'https://kim:p%40ss@tls.test', NO_PROXY: '.test' },
    { url: 'https://kim:p%40ss@tls.test', noProxy: '.test' },
  ],
])('the proxy of %j', (source, proxy) => {
  expect(proxyOf(parseEnv(source))).toEqual(proxy);
});

test.each(['socks5://proxy.test:1080', 'ftp://kim:secret@proxy.test', 'http://'])('%s is no proxy, and is not shown', (url) => {
  expect(() => parseEnv({ HTTPS_PROXY: url })).toThrow(/HTTPS_PROXY: must be the address of a proxy/);
  expect(() => parseEnv({ HTTPS_PROXY: url })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('proxy.test') }),
  );
});
