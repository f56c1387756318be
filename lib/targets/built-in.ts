import type { TargetAccess } from '#lib/domain/target/target.ts';
import { folder } from './folder/index.ts';
import { postgres } from './postgres/index.ts';
import type { PostgresSettings } from './postgres/settings.ts';

/** The landing database of these connection strings. `readerUrl`: for a role that can only read, used for reading landed rows. */
export function landingDatabase(url: string, readerUrl: string | null = null): TargetAccess {
  return { kind: postgres.kind, settings: settingsOf(url), secrets: { url, readerUrl }, builtIn: true };
}

/** The lake in a folder of this machine. */
export function localLake(path: string): TargetAccess {
  return { kind: folder.kind, settings: { path }, secrets: null, builtIn: true };
}

/** The parts of a connection string that may be shown; connections use the string itself. */
function settingsOf(connectionString: string): PostgresSettings {
  const { hostname, port, pathname, username, searchParams } = new URL(connectionString);
  const tls = searchParams.get('sslmode');
  return {
    // A Unix socket has a path in place of the host.
    host: hostname === '' ? 'localhost' : hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(username) || 'postgres',
    tls: tls === null || tls === 'disable' ? 'disable' : tls === 'verify-full' ? 'verify-full' : 'require',
    caPem: '',
    ...{ signIn: 'password', tenantId: '', clientId: '', authority: '' },
  };
}
