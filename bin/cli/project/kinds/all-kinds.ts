import type { ResourceKind } from '../resource.ts';
import { connections, metadata } from './connections.ts';
import { gatewayGroups, gateways } from './gateways.ts';
import { channels, rules } from './notifications.ts';
import { targets } from './targets.ts';
import { schedules, tasks } from './tasks.ts';

/** Every kind of resource, in the order in which they are made; they are deleted the other way round. */
export const RESOURCE_KINDS: readonly ResourceKind[] = [
  gateways,
  gatewayGroups,
  connections,
  metadata,
  targets,
  tasks,
  schedules,
  channels,
  rules,
];
