'use client';

import type { ComponentProps } from 'react';
import { ROLE_LABEL } from '#components/shell/role-label.ts';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import { Role } from '#lib/domain/account/role.ts';

interface RoleSelectProps extends Omit<ComponentProps<typeof SelectTrigger>, 'value' | 'onChange'> {
  readonly value: Role;
  readonly onRole: (role: Role) => void;
}

export function RoleSelect({ value, onRole, ...trigger }: RoleSelectProps) {
  return (
    <Select value={value} onValueChange={(role) => onRole(Role.parse(role))}>
      <SelectTrigger {...trigger}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {Role.options.map((role) => (
          <SelectItem key={role} value={role}>
            {ROLE_LABEL[role]}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
