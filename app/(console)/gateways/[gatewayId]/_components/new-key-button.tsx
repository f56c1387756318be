'use client';

import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import type { GatewayDetailDto, RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import { RegistrationShown } from '../../_components/registration-shown.tsx';
import { createGatewayKeyAction } from '../../actions.ts';

interface NewKeyButtonProps {
  readonly gateway: Pick<GatewayDetailDto, 'id' | 'name' | 'registeredAt'>;
  readonly serverUrl: string;
}

/** Creates a new registration key and shows it once. */
export function NewKeyButton({ gateway, serverUrl }: NewKeyButtonProps) {
  const [made, setMade] = useState<RegistrationKeyDto | null>(null);
  const withFreshSignIn = useFreshSignIn();
  return (
    <>
      <ConfirmButton
        label="New key"
        confirmLabel="Create a new key"
        icon={<KeyRound aria-hidden />}
        title={`New registration key for ${gateway.name}?`}
        description="You need a new key for another machine, or when the data folder of the gateway is lost. Earlier keys become invalid. When a process registers with the new key, the server refuses the process that registered before."
        onConfirm={async () => {
          const result = await withFreshSignIn(() => createGatewayKeyAction({ gatewayId: gateway.id }));
          if (!result.ok) return result.problem;
          setMade(result.value);
          return null;
        }}
      />
      {made === null ? null : (
        <RegistrationShown
          name={gateway.name}
          registration={made}
          serverUrl={serverUrl}
          replaces={gateway.registeredAt !== null}
          onClose={() => setMade(null)}
        />
      )}
    </>
  );
}
