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
      description="The gateways of the group stay. They are then in no group."
      remove={() => deleteGatewayGroupAction({ gatewayGroupId: group.id })}
    />
  );
}
