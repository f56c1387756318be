import { getRun } from '#lib/services/run/get-run.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getRunOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operate(getRunOperation, (ctx, { params }) => getRun({ ctx, input: params }));
