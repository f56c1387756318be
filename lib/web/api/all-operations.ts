import 'server-only';
import type { Operation } from './operation.ts';
import { listAuditOperation } from './operations/audit.ts';
import * as connections from './operations/connections.ts';
import * as gateways from './operations/gateways.ts';
import * as metadata from './operations/metadata.ts';
import * as notifications from './operations/notifications.ts';
import { getOpenApiOperation } from './operations/openapi.ts';
import * as people from './operations/people.ts';
import * as retention from './operations/retention.ts';
import * as runs from './operations/runs.ts';
import * as schedules from './operations/schedules.ts';
import * as targets from './operations/targets.ts';
import * as tasks from './operations/tasks.ts';
import * as verifications from './operations/verifications.ts';

/** Every operation below /api/v1. A test fails for a route handler that is absent here. */
export const OPERATIONS: readonly Operation[] = [
  ...Object.values(connections),
  ...Object.values(verifications),
  ...Object.values(metadata),
  ...Object.values(runs),
  ...Object.values(targets),
  ...Object.values(gateways),
  ...Object.values(notifications),
  ...Object.values(tasks),
  ...Object.values(people),
  ...Object.values(retention),
  ...Object.values(schedules),
  listAuditOperation,
  getOpenApiOperation,
];
