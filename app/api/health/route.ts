import { composition } from '#lib/web/composition.ts';

/** Whether this process can reach its database; no details, since anyone may call it. */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    await composition().services.db.$queryRaw`SELECT 1`;
    return Response.json({ status: 'ok' }, { headers });
  } catch (error) {
    composition().services.log.error({ err: error }, 'health');
    return Response.json({ status: 'database-unreachable' }, { status: 503, headers });
  }
}
