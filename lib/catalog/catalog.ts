import { applicationEntries } from './entries/applications.ts';
import { groupEntries } from './entries/groups.ts';
import { logEntries } from './entries/logs.ts';
import { roleEntries } from './entries/roles.ts';
import { tenantEntries } from './entries/tenant.ts';
import { userEntries } from './entries/users.ts';
import type { CatalogEntry } from './entry.ts';

/** Everything that we know how to read, in the order that it is shown. */
export const CATALOG: readonly CatalogEntry[] = [
  ...userEntries,
  ...groupEntries,
  ...applicationEntries,
  ...roleEntries,
  ...tenantEntries,
  ...logEntries,
];
