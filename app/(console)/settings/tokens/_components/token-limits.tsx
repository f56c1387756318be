'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { TokenScope } from '#lib/domain/account/api-token.ts';

export interface NamedConnection {
  readonly id: string;
  readonly name: string;
}

const SCOPE_HINT = {
  read: 'Read everything that you may read. Every token has this scope.',
  operate: 'Start and cancel runs, pause tasks, test connections and targets.',
  edit: 'Change connections, metadata, targets and tasks.',
  admin: 'Change the settings of administrators, such as data gateways.',
} satisfies Record<TokenScope, string>;

export function ScopeChoice({
  scopes,
  onScopes,
}: {
  readonly scopes: readonly TokenScope[];
  readonly onScopes: (scopes: readonly TokenScope[]) => void;
}) {
  const id = useId();
  const toggle = (scope: TokenScope, on: boolean) => onScopes(on ? [...scopes, scope] : scopes.filter((own) => own !== scope));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-medium">Scopes</legend>
      {TokenScope.options.map((scope) => (
        <div key={scope} className="flex items-start gap-2.5">
          <Checkbox
            id={`${id}-${scope}`}
            className="mt-0.5"
            aria-describedby={`${id}-${scope}-hint`}
            checked={scopes.includes(scope)}
            disabled={scope === 'read'}
            onCheckedChange={(on) => toggle(scope, on === true)}
          />
          <div className="text-sm">
            <label htmlFor={`${id}-${scope}`} className="font-medium">
              {scope}
            </label>
            <p id={`${id}-${scope}-hint`} className="text-xs text-muted-foreground">
              {SCOPE_HINT[scope]}
            </p>
          </div>
        </div>
      ))}
    </fieldset>
  );
}

const ALL = 'all';

export function ConnectionSelect({
  connections,
  value,
  onConnection,
}: {
  readonly connections: readonly NamedConnection[];
  readonly value: string | null;
  readonly onConnection: (connectionId: string | null) => void;
}) {
  return (
    <OptionSelect
      label="Connections"
      hint="A token for one connection can use only the metadata, tasks and runs of this connection."
      value={value ?? ALL}
      options={[[ALL, 'All connections'], ...connections.map(({ id, name }) => [id, `Only ${name}`] as const)]}
      onChange={(next) => onConnection(next === ALL ? null : next)}
    />
  );
}
