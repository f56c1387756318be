'use client';

import { KeyRound } from 'lucide-react';
import { useActionState, useState } from 'react';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import { ShownOnceDialog } from '#components/ui/overlay/shown-once-dialog.tsx';
import { API_TOKEN_DAYS, type TokenScope } from '#lib/domain/account/api-token.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { createApiTokenAction } from '../actions.ts';
import { ConnectionSelect, type NamedConnection, ScopeChoice } from './token-limits.tsx';

export function CreateTokenButton({ connections }: { readonly connections: readonly NamedConnection[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <KeyRound aria-hidden />
        Create token
      </Button>
      {open ? <CreateTokenDialog connections={connections} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CreateTokenDialog({
  connections,
  onClose,
}: {
  readonly connections: readonly NamedConnection[];
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<(typeof API_TOKEN_DAYS)[number]>(90);
  const [scopes, setScopes] = useState<readonly TokenScope[]>(['read']);
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const withFreshSignIn = useFreshSignIn();
  const [result, submit, pending] = useActionState<ActionResult<string> | null>(
    () => withFreshSignIn(() => createApiTokenAction({ name, scopes: [...scopes], connectionId, days })),
    null,
  );
  const problem = result?.ok === false ? result.problem : null;
  if (result?.ok) return <TokenShown token={result.value} name={name} onClose={onClose} />;
  return (
    <FormDialog
      title="Create token"
      description="Anyone who has the token can use /api/v1 in your name."
      submitLabel="Create token"
      submit={submit}
      disabled={pending}
      problem={problem !== null && problem.field !== 'name' ? problem : null}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="The script or program that will use the token."
        error={problem?.field === 'name' ? problem.title : null}
      >
        <Input value={name} required autoFocus autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <ScopeChoice scopes={scopes} onScopes={setScopes} />
      <ConnectionSelect connections={connections} value={connectionId} onConnection={setConnectionId} />
      <OptionSelect
        label="Ends"
        value={String(days)}
        options={API_TOKEN_DAYS.map((known) => [String(known), known === null ? 'Only when it is revoked' : `In ${known} days`])}
        onChange={(value) => setDays(API_TOKEN_DAYS.find((known) => String(known) === value) ?? null)}
      />
    </FormDialog>
  );
}

interface TokenShownProps {
  readonly token: string;
  readonly name: string;
  readonly onClose: () => void;
}

function TokenShown({ token, name, onClose }: TokenShownProps) {
  return (
    <ShownOnceDialog
      title={`Token ${name}`}
      description="Copy the token now. Entrada stores only its hash and does not show it again."
      code={token}
      label="token"
      onClose={onClose}
    >
      <p className="text-xs text-muted-foreground">
        Send the token as <code className="font-mono">Authorization: Bearer …</code>
      </p>
    </ShownOnceDialog>
  );
}
