'use client';

import { Field } from '#components/ui/form/field.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
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
    <Select value={value ?? NONE} onValueChange={(next) => onValueChange(groups.find((group) => group.id === next)?.id ?? null)}>
      <Field label="Group" hint="Any connected gateway of the group takes its work.">
        <SelectTrigger>
          <SelectValue />
        </SelectTrigger>
      </Field>
      <SelectContent>
        <SelectItem value={NONE}>None</SelectItem>
        {groups.map((group) => (
          <SelectItem key={group.id} value={group.id}>
            {group.name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
