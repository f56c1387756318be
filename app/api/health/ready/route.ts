import { statfs } from 'node:fs/promises';
import { composition } from '#lib/web/composition.ts';
import { checkReadiness } from '#lib/web/readiness.ts';

/** Whether this process can serve requests: the result of each check, without details, since anyone may call it. */
export async function GET(): Promise<Response> {
  const { services, env } = composition();
  const readiness = await checkReadiness({ ...services, dataDir: env.dataDir, statfs });
  return Response.json(readiness, { status: readiness.status === 'ok' ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
