'use client';

import { Trash2 } from 'lucide-react';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import type { GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { deleteGatewayGroupAction } from '../actions.ts';

/** Deletes a group after asking; the answer says what stands in the way. */
export function DeleteGroupButton({ group }: { readonly group: GatewayGroupDto }) {
  return (
    <ConfirmButton
      label="Delete"
      confirmLabel="Delete group"
      icon={<Trash2 aria-hidden />}
      variant="ghost"
      title={`Delete ${group.name}?`}
      description="Its gateways stay, and are in no group afterwards."
      onConfirm={async () => {
        const result = await deleteGatewayGroupAction({ gatewayGroupId: group.id });
        if (!result.ok) return result.problem;
        toast.success(`Deleted ${group.name}`);
        return null;
      }}
    />
  );
}
