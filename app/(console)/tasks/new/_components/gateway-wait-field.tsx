import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';

interface GatewayWaitFieldProps {
  /** The gateway of the connection; null: the server reads, and there is nothing to wait for. */
  readonly gateway: GatewayRef | null;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** How long runs wait for a disconnected data gateway. */
export function GatewayWaitField({ gateway, value, error, onChange }: GatewayWaitFieldProps) {
  if (gateway === null) return null;
  return (
    <Field
      label="Wait for the data gateway (minutes)"
      error={error}
      hint={`When ${gateway.name} is not connected, a run waits this long before it fails.`}
    >
      <Input
        value={value}
        inputMode="numeric"
        className="w-28"
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
