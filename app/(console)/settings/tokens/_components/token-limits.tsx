'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
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
    <Select value={value ?? ALL} onValueChange={(next) => onConnection(next === ALL ? null : next)}>
      <Field label="Connections" hint="A token for one connection can use only the metadata, tasks and runs of this connection.">
        <SelectTrigger>
          <SelectValue />
        </SelectTrigger>
      </Field>
      <SelectContent>
        <SelectItem value={ALL}>All connections</SelectItem>
        {connections.map(({ id, name }) => (
          <SelectItem key={id} value={id}>
            Only {name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
