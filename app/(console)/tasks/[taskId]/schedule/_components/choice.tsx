import { Field } from '#components/ui/form/field.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

/** One of a few options. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Select value={value} onValueChange={onChange}>
      <Field label={label}>
        <SelectTrigger>
          <SelectValue placeholder="Choose" />
        </SelectTrigger>
      </Field>
      <SelectContent>
        {options.map(([option, words]) => (
          <SelectItem key={option} value={option}>
            {words}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
