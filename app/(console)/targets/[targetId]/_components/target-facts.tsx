import { GatewayName } from '#components/gateway/gateway-name.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Fact } from '#components/ui/layout/fact.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import type { TargetDetailDto, TargetField } from '#lib/domain/target/target.ts';

/** Settings of a target; secrets are only reported as stored. */
export function TargetFacts({ target, fields }: { readonly target: TargetDetailDto; readonly fields: readonly TargetField[] }) {
  return (
    <TitledCard title="Settings">
      <dl className="space-y-2.5 px-4 py-3 text-sm">
        <Fact term="Location">
          <span className="flex items-center gap-1">
            <code className="min-w-0 font-mono text-xs break-all">{target.location}</code>
            <CopyButton value={target.location} label="Copy the location" />
          </span>
        </Fact>
        <Fact term="Reached from">
          <GatewayName gateway={target.gateway} none="This server" />
        </Fact>
        {fields
          .filter(({ when }) => when === undefined || when.values.includes(String(target.settings[when.field])))
          .filter(({ name, secret }) => secret || ![undefined, null, ''].includes(target.settings[name] as null))
          .map((field) => (
            <Fact key={field.name} term={field.label}>
              <span className="break-words">{displayValue(field, target)}</span>
            </Fact>
          ))}
      </dl>
    </TitledCard>
  );
}

function displayValue({ name, secret, input, options }: TargetField, { settings }: TargetDetailDto): string {
  if (secret) return 'Stored, encrypted';
  if (input === 'lines') return 'Set';
  const value = String(settings[name] ?? '');
  return options?.find((option) => option.value === value)?.label ?? value;
}
