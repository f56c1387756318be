import { listMetadataJobs } from '#lib/services/metadata-job/list-metadata-jobs.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listMetadataJobsOperation } from '#lib/web/api/operations/metadata.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listMetadataJobsOperation, async (ctx, { params, query }) =>
  pageOf(await listMetadataJobs({ ctx, input: params }), query, ({ kind, id }) => [kind, id]),
);
