import { join } from 'node:path';
import { startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';

/* A PostgreSQL; a program of its own, since it runs in a network namespace. Its Unix socket can be used in all of them. */

const [dir = ''] = process.argv.slice(2);

/** The database, for a client of another network namespace. */
export interface OwnPostgres {
  /** Connects by the Unix socket. */
  readonly url: string;
  readonly socket: string;
}

const server = await startEmbeddedPostgres(dir, ['plant'], { settings: { unix_socket_directories: dir } });
const url = new URL(server.url('plant'));
url.searchParams.set('host', dir);
process.on('disconnect', () => void server.stop().finally(() => process.exit(0)));
process.send?.({ value: { url: url.href, socket: join(dir, `.s.PGSQL.${url.port}`) } satisfies OwnPostgres });
