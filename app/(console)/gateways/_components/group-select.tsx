'use client';

import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';

/** Radix's select allows no empty value. */
const NONE = 'none';

interface GroupSelectProps {
  readonly groups: readonly Pick<GatewayGroupDto, 'id' | 'name'>[];
  readonly value: GatewayGroupDto['id'] | null;
  readonly onValueChange: (value: GatewayGroupDto['id'] | null) => void;
}

/** Chooses the group of a gateway; renders nothing where there are none. */
export function GroupSelect({ groups, value, onValueChange }: GroupSelectProps) {
  if (groups.length === 0) return null;
  return (
    <OptionSelect
      label="Group"
      hint="Any connected gateway of the group takes its work."
      value={value ?? NONE}
      options={[[NONE, 'None'], ...groups.map(({ id, name }) => [id, name] as const)]}
      onChange={(next) => onValueChange(groups.find((group) => group.id === next)?.id ?? null)}
    />
  );
}
