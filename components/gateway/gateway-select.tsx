'use client';

import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';
import { gatewayAwayHint, gatewayOptionLabel } from './gateway-messages.ts';

interface GatewaySelectProps {
  readonly label: string;
  readonly options: readonly GatewayOptionDto[];
  /** Id of a gateway or of a group; empty: none. */
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  /** Hint for `None`. */
  readonly noneHint: string;
  /** Hint for a chosen gateway or group. */
  readonly chosenHint: (option: GatewayOptionDto) => string;
  readonly error?: string | undefined;
}

/** Radix's select allows no empty value. */
const NONE = 'none';

/** None, a data gateway or a gateway group, each with its state. A disconnected one can be chosen, with a hint about the consequence. */
export function GatewaySelect({ label, options, value, onValueChange, noneHint, chosenHint, error }: GatewaySelectProps) {
  const chosen = options.find((option) => option.id === value);
  const hint = chosen === undefined ? noneHint : (gatewayAwayHint(chosen) ?? chosenHint(chosen));
  return (
    <OptionSelect
      label={label}
      error={error}
      hint={hint}
      value={value || NONE}
      options={[[NONE, 'None'], ...options.map((option) => [option.id, gatewayOptionLabel(option)] as const)]}
      onChange={(next) => onValueChange(next === NONE ? '' : next)}
    />
  );
}
