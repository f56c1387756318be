'use client';

import { CirclePause, CirclePlay } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { DeleteButton } from '#components/run/delete-button.tsx';
import { Button } from '#components/ui/button.tsx';
import type { GatewayDetailDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { deleteGatewayAction, setGatewayActiveAction } from '../../actions.ts';
import { EditGatewayButton } from './edit-gateway-button.tsx';
import { NewKeyButton } from './new-key-button.tsx';

interface ManageGatewayProps {
  readonly gateway: GatewayDetailDto;
  readonly groups: readonly GatewayGroupDto[];
  readonly serverUrl: string;
}

/** Actions of an administrator on a gateway. */
export function ManageGateway({ gateway, groups, serverUrl }: ManageGatewayProps) {
  const [pending, start] = useTransition();
  const { id: gatewayId, name } = gateway;

  function activate() {
    start(async () => {
      const result = await setGatewayActiveAction({ gatewayId, active: true });
      if (result.ok) toast.success(`Activated ${name}`);
      else toast.error(result.problem.title);
    });
  }

  return (
    <>
      <DeleteButton
        what="data gateway"
        name={name}
        description="From then on, the server refuses the process of the gateway. Landed data is kept."
        remove={() => deleteGatewayAction({ gatewayId })}
        next="/gateways"
      />
      {gateway.state === 'deactivated' ? (
        <Button size="sm" variant="outline" onClick={activate} disabled={pending}>
          <CirclePlay aria-hidden />
          Activate
        </Button>
      ) : (
        <ConfirmButton
          label="Deactivate"
          icon={<CirclePause aria-hidden />}
          title={`Deactivate ${name}?`}
          description="The gateway stops its current work and gets no new work. Runs of its connections wait until somebody activates it again, as long as their tasks allow."
          onConfirm={async () => {
            const result = await setGatewayActiveAction({ gatewayId, active: false });
            if (!result.ok) return result.problem;
            toast.success(`Deactivated ${name}`);
            return null;
          }}
        />
      )}
      <NewKeyButton gateway={gateway} serverUrl={serverUrl} />
      <EditGatewayButton gateway={gateway} groups={groups} />
    </>
  );
}
