import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Label } from '#components/ui/form/label.tsx';

interface CreateStepProps {
  readonly name: string;
  readonly nameError: string | null;
  readonly expiresOn: string;
  readonly expiryError: string | null;
  /** End of the secret according to the app registration, year-month-day; then it is not asked for. */
  readonly knownExpiry: string | null;
  /** Whether to ask for the expiry: not for a certificate, which contains it. */
  readonly asksForExpiry: boolean;
  /** Null for an existing connection. */
  readonly openMetadata: boolean | null;
  readonly onName: (name: string) => void;
  readonly onExpiresOn: (day: string) => void;
  readonly onOpenMetadata: (open: boolean) => void;
}

export function CreateStep(props: CreateStepProps) {
  const { name, nameError, expiresOn, expiryError, knownExpiry, asksForExpiry, openMetadata } = props;
  const id = useId();
  return (
    <div className="grid gap-4 border-t pt-4">
      <Field label="Connection name" error={nameError}>
        <Input
          value={name}
          maxLength={120}
          autoComplete="off"
          placeholder="Suggested after Verify"
          onChange={(event) => props.onName(event.target.value)}
        />
      </Field>
      {asksForExpiry && knownExpiry === null ? (
        <Field
          label="Client secret expires on"
          optional
          error={expiryError}
          hint="The date under Expires in the Azure portal. Entrada warns a month before."
        >
          <Input type="date" value={expiresOn} onChange={(event) => props.onExpiresOn(event.target.value)} className="w-44" />
        </Field>
      ) : null}
      {asksForExpiry && knownExpiry !== null ? (
        <p className="text-sm text-muted-foreground">
          According to the app registration, the client secret expires on{' '}
          <span className="text-foreground tabular-nums">{knownExpiry}</span>. Entrada warns a month before.
        </p>
      ) : null}
      {openMetadata === null ? null : (
        <div className="flex items-center gap-2.5">
          <Checkbox id={id} checked={openMetadata} onCheckedChange={(checked) => props.onOpenMetadata(checked === true)} />
          <Label htmlFor={id} className="font-normal">
            Open connection metadata
          </Label>
        </div>
      )}
    </div>
  );
}
