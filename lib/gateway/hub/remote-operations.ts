import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import { SOURCE_OPERATIONS, SOURCE_STREAMS, type SourceOperations } from '#lib/executor/source-operations.ts';
import { TARGET_OPERATIONS, type TargetOperations } from '#lib/executor/target-operations.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import type { CommandName } from '../commands.ts';
import { answerOf, callGateway, type GatewayCall } from './call-gateway.ts';
import type { HubContext } from './hub-context.ts';
import { type Presence, presenceLabel } from './presence.ts';

/** Time limit of a call, milliseconds: most consist of several requests to Entra and Graph, each with its own limit. */
const CALL_MS = 120_000;
/** Time limit of probing or sampling hundreds of datasets, milliseconds. */
const STREAM_MS = 3_600_000;

const TITLE: Readonly<Record<string, string>> = {
  startSignIn: 'Prepare a sign-in',
  redeemCode: 'Redeem the code of a sign-in',
  signInApplication: 'Sign in as an application',
  testConnection: 'Test a connection',
  generateMetadata: 'Read $metadata',
  measureDatasets: 'Count rows',
  sampleDataset: 'Preview rows',
  checkFilter: 'Check a filter',
  probeDatasets: 'Check access',
  sampleMetadata: 'Sample rows for metadata',
  test: 'Test a target',
  readRows: 'Read landed rows',
  readChanges: 'Read what changed',
  drop: 'Drop landed tables',
  prepare: 'Prepare a target',
};

/** The operations at the source, executed by a gateway or a gateway of a group. Only previews return rows, and only where the gateway allows it. */
export function createRemoteSourceOperations(ctx: HubContext, of: GatewayIds): SourceOperations {
  const callOf = (operation: string, input: unknown, timeoutMs: number): GatewayCall => ({
    ...{ name: `source.${operation}` as CommandName, input, timeoutMs, title: TITLE[operation] ?? operation },
    tokenCache: tokenCacheOf(input),
    ...(operation === 'sampleDataset' ? { refuse: refusePreviews } : {}),
  });
  const calls = Object.keys(SOURCE_OPERATIONS).map((operation) => [
    operation,
    (input: unknown) => answerOf(callGateway(ctx, of, callOf(operation, input, CALL_MS))),
  ]);
  const streams = Object.keys(SOURCE_STREAMS).map((operation) => [
    operation,
    (input: unknown, signal: AbortSignal) => callGateway(ctx, of, { ...callOf(operation, input, STREAM_MS), signal }),
  ]);
  return Object.fromEntries([...calls, ...streams]) as unknown as SourceOperations;
}

/** Operations on targets whose answers are rows. */
const ANSWERS_ROWS: ReadonlySet<string> = new Set(['readRows', 'readChanges']);

/** The operations on a target, executed by a gateway or a gateway of a group. */
export function createRemoteTargetOperations(ctx: HubContext, of: GatewayIds): TargetOperations {
  const calls = Object.keys(TARGET_OPERATIONS).map((operation) => [
    operation,
    (input: unknown) =>
      answerOf(
        callGateway(ctx, of, {
          ...{ name: `target.${operation}` as CommandName, input, timeoutMs: CALL_MS, title: TITLE[operation] ?? operation },
          tokenCache: null,
          ...(ANSWERS_ROWS.has(operation) ? { refuse: refuseLandedRows } : {}),
        }),
      ),
  ]);
  return Object.fromEntries(calls) as unknown as TargetOperations;
}

/** The token cache of the connection in an input. */
function tokenCacheOf(input: unknown): GatewayCall['tokenCache'] {
  const { connection } = input as { readonly connection?: { readonly id: string; readonly tokenCacheId: string } };
  return connection === undefined ? null : { id: connection.tokenCacheId, owner: connection.id };
}

function refusePreviews(presence: Presence): void {
  if (presence.gateways.every(({ allowPreviews }) => allowPreviews)) return;
  throw new ConflictError({
    code: 'gateway-previews-off',
    title: `${presenceLabel(presence)} is set not to send rows of previews through the server.`,
    remedy: 'An administrator can allow previews on the page of the data gateway.',
    fixer: 'operator',
  });
}

function refuseLandedRows(presence: Presence): void {
  if (presence.gateways.every(({ allowLandedRows }) => allowLandedRows)) return;
  throw new ConflictError({
    code: 'gateway-landed-rows-off',
    title: `${presenceLabel(presence)} is set not to send landed rows through the server.`,
    remedy: 'Open the rows in the target, or ask an administrator to allow landed rows on the page of the data gateway.',
    fixer: 'operator',
  });
}
