import { useId } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Label } from '#components/ui/label.tsx';

interface CreateStepProps {
  readonly name: string;
  readonly nameError: string | null;
  readonly openMetadata: boolean;
  readonly onName: (name: string) => void;
  readonly onOpenMetadata: (open: boolean) => void;
}

export function CreateStep({ name, nameError, openMetadata, onName, onOpenMetadata }: CreateStepProps) {
  const id = useId();
  return (
    <div className="grid gap-4 border-t pt-4">
      <Field label="Connection name" error={nameError}>
        <Input
          value={name}
          maxLength={120}
          autoComplete="off"
          placeholder="Suggested after Verify"
          onChange={(event) => onName(event.target.value)}
        />
      </Field>
      <div className="flex items-center gap-2.5">
        <Checkbox id={id} checked={openMetadata} onCheckedChange={(checked) => onOpenMetadata(checked === true)} />
        <Label htmlFor={id} className="font-normal">
          Open connection metadata
        </Label>
      </div>
    </div>
  );
}
