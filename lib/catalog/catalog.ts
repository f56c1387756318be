import applications from './entries/applications.json' with { type: 'json' };
import devices from './entries/devices.json' with { type: 'json' };
import governance from './entries/governance.json' with { type: 'json' };
import groups from './entries/groups.json' with { type: 'json' };
import logs from './entries/logs.json' with { type: 'json' };
import policies from './entries/policies.json' with { type: 'json' };
import protection from './entries/protection.json' with { type: 'json' };
import roles from './entries/roles.json' with { type: 'json' };
import tenant from './entries/tenant.json' with { type: 'json' };
import users from './entries/users.json' with { type: 'json' };
import { type CatalogEntry, CatalogFile } from './entry.ts';

/** Everything that we know how to read, in the order that it is shown. The data is checked when this is loaded. */
export const CATALOG: readonly CatalogEntry[] = [
  users,
  groups,
  applications,
  roles,
  devices,
  tenant,
  policies,
  protection,
  governance,
  logs,
].flatMap((file) => CatalogFile.parse(file).entries);
