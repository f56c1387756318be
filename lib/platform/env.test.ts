import { expect, test } from 'vitest';
import { parseEnv } from './env.ts';

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
