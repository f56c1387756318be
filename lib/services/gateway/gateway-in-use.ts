import { formatCounted } from '#lib/domain/format.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import type { GatewayUse } from '#lib/store/gateway/gateways.ts';

/** Maximum number of names of each kind in a refusal. */
const NAMES_MAX = 5;

/** @throws ConflictError `gateway-in-use` with the connections and targets that name the gateway or the group */
export function refuseInUse(name: string, { connections, targets }: GatewayUse): void {
  const counts = [
    ...(connections.length === 0 ? [] : [formatCounted(connections.length, 'connection')]),
    ...(targets.length === 0 ? [] : [formatCounted(targets.length, 'target')]),
  ];
  if (counts.length === 0) return;
  throw new ConflictError({
    code: 'gateway-in-use',
    title: `${name} is in use by ${counts.join(' and ')}.`,
    detail: [...listed('Connections', connections), ...listed('Targets', targets)].join(' '),
    remedy: 'Edit each of these and choose another data gateway or None, or delete them.',
    fixer: 'you',
  });
}

function listed(title: string, things: readonly { readonly name: string }[]): string[] {
  if (things.length === 0) return [];
  const more = things.length > NAMES_MAX ? ` and ${things.length - NAMES_MAX} more` : '';
  return [
    `${title}: ${things
      .slice(0, NAMES_MAX)
      .map(({ name }) => name)
      .join(', ')}${more}.`,
  ];
}
