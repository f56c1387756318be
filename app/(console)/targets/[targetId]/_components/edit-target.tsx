'use client';

import type { ActionResult } from '#lib/domain/problem.ts';
import type { TargetDetailDto, TargetKindDto } from '#lib/domain/target/target.ts';
import { TargetForm } from '../../_components/target-form.tsx';
import type { EnteredValues } from '../../_components/target-form-values.ts';

interface EditTargetProps {
  readonly target: TargetDetailDto;
  readonly kind: TargetKindDto;
  readonly action: (input: {
    targetId: string;
    name: string;
    settings: Record<string, string | number>;
    secrets: Record<string, string> | null;
    confirm: boolean;
  }) => Promise<ActionResult<{ targetId: string }>>;
}

/** The form of a target that is there. No secret entered: the stored one stays. */
export function EditTarget({ target, kind, action }: EditTargetProps) {
  const secretsOf = ({ secrets }: EnteredValues) =>
    Object.values(secrets).every((value) => value === '') ? null : { ...secrets };
  return (
    <TargetForm
      kinds={[kind]}
      target={target}
      save={({ name, ...entered }, confirm) =>
        action({ targetId: target.id, name, settings: { ...entered.settings }, secrets: secretsOf(entered), confirm })
      }
    />
  );
}
