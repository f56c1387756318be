'use client';

import { DeleteButton } from '#components/run/delete-button.tsx';
import type { GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { deleteGatewayGroupAction } from '../actions.ts';

/** Deletes a group after a confirmation; a refusal names what uses it. */
export function DeleteGroupButton({ group }: { readonly group: GatewayGroupDto }) {
  return (
    <DeleteButton
      what="group"
      name={group.name}
      description="Its gateways stay, and are in no group afterwards."
      remove={() => deleteGatewayGroupAction({ gatewayGroupId: group.id })}
    />
  );
}
