'use client';

import type { GatewayChoice, GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { TargetDetailDto, TargetKindDto } from '#lib/domain/target/target.ts';
import { TargetForm } from '../../_components/target-form.tsx';
import type { EnteredValues } from '../../_components/target-form-values.ts';

interface EditTargetProps {
  readonly target: TargetDetailDto;
  readonly kind: TargetKindDto;
  readonly gateways: readonly GatewayOptionDto[];
  readonly action: (input: {
    targetId: string;
    name: string;
    gatewayId: GatewayChoice['gatewayId'];
    gatewayGroupId: GatewayChoice['gatewayGroupId'];
    settings: Record<string, string | number>;
    secrets: Record<string, string> | null;
    confirm: boolean;
  }) => Promise<ActionResult<{ targetId: string }>>;
}

/** The form of an existing target. Without an entered secret the stored one stays. */
export function EditTarget({ target, kind, gateways, action }: EditTargetProps) {
  // A sign-in method without a secret removes the stored one.
  const secretsOf = ({ secrets }: EnteredValues) => {
    const entered = Object.values(secrets);
    return entered.length > 0 && entered.every((value) => value === '') ? null : { ...secrets };
  };
  return (
    <TargetForm
      kinds={[kind]}
      target={target}
      gateways={gateways}
      save={({ name, gatewayId, gatewayGroupId, ...entered }, confirm) =>
        action({
          targetId: target.id,
          name,
          gatewayId,
          gatewayGroupId,
          settings: { ...entered.settings },
          secrets: secretsOf(entered),
          confirm,
        })
      }
    />
  );
}
