import type { Role } from '#lib/domain/account/role.ts';

export const ROLE_LABEL = { viewer: 'Viewer', editor: 'Editor', admin: 'Administrator' } satisfies Record<Role, string>;
