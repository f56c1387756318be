import { listMetadataJobs } from '#lib/services/metadata-job/list-metadata-jobs.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listMetadataJobsOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operate(listMetadataJobsOperation, async (ctx, { params }) => ({
  jobs: await listMetadataJobs({ ctx, input: params }),
}));
