import 'server-only';
import type { Operation } from './operation.ts';
import { listAuditOperation } from './operations/audit.ts';
import { listConnectionsOperation } from './operations/connections.ts';
import * as gateways from './operations/gateways.ts';
import * as metadata from './operations/metadata.ts';
import { getOpenApiOperation } from './operations/openapi.ts';
import * as runs from './operations/runs.ts';
import * as targets from './operations/targets.ts';
import * as tasks from './operations/tasks.ts';

/** Every operation below /api/v1. A test finds a route handler that isn't here. */
export const OPERATIONS: readonly Operation[] = [
  listConnectionsOperation,
  ...Object.values(metadata),
  ...Object.values(runs),
  ...Object.values(targets),
  ...Object.values(gateways),
  ...Object.values(tasks),
  listAuditOperation,
  getOpenApiOperation,
];
