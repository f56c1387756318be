'use client';

import type { ComponentProps } from 'react';
import { ROLE_LABEL } from '#components/shell/role-label.ts';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { Role } from '#lib/domain/account/role.ts';

interface RoleSelectProps extends Omit<ComponentProps<typeof PlainSelect>, 'value' | 'options' | 'onChange'> {
  readonly value: Role;
  readonly onRole: (role: Role) => void;
}

export function RoleSelect({ value, onRole, ...button }: RoleSelectProps) {
  return (
    <PlainSelect
      {...button}
      value={value}
      options={Role.options.map((role) => [role, ROLE_LABEL[role]])}
      onChange={(role) => onRole(Role.parse(role))}
    />
  );
}
