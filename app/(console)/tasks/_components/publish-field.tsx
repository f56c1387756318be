import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { TargetCapabilities } from '#lib/domain/target/target.ts';
import type { PublishMode } from '#lib/domain/task/task.ts';
import { PUBLISH_LABEL } from './setting-labels.ts';

interface PublishFieldProps {
  readonly value: PublishMode;
  /** How the target can publish all datasets of a run. */
  readonly together: TargetCapabilities['together'];
  /** This connection is read through a data gateway. */
  readonly throughGateway: boolean;
  readonly error: string | undefined;
  readonly onChange: (publish: PublishMode) => void;
}

const HINT = {
  each: 'Tables of relationships and nested collections may show a later time than the tables of their parents.',
  'at-once':
    'Parents, relationships and nested collections change in one step, at the end of the run. When one dataset fails, none is published.',
  'in-turn':
    'Entrada first writes all folders, then makes the new versions current directly one after the other. When one dataset fails, none is published.',
} as const;

/** When the datasets of a run become visible. */
export function PublishField({ value, together, throughGateway, error, onChange }: PublishFieldProps) {
  const refusal =
    together === 'no'
      ? 'This target cannot publish all datasets of a run at once.'
      : throughGateway
        ? 'Through a data gateway, datasets cannot be published at once.'
        : null;
  if (refusal !== null && value === 'each')
    return <p className="text-xs text-muted-foreground">Each dataset is published when it has been read. {refusal}</p>;
  return (
    <OptionSelect
      label="Publish"
      value={value}
      options={Object.entries(PUBLISH_LABEL)}
      hint={refusal ?? (value === 'each' || together === 'no' ? HINT.each : HINT[together])}
      error={error}
      onChange={(publish) => onChange(publish as PublishMode)}
    />
  );
}
