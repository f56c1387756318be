'use client';

import { UserPlus } from 'lucide-react';
import { useActionState, useState } from 'react';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import type { Role } from '#lib/domain/account/role.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { inviteUserAction } from '../actions.ts';
import { type LinkToShow, PasswordLinkShown } from './password-link-shown.tsx';
import { RoleSelect } from './role-select.tsx';

export function InviteUserButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <UserPlus aria-hidden />
        Invite user
      </Button>
      {open ? <InviteUserDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function InviteUserDialog({ onClose }: { readonly onClose: () => void }) {
  const [person, setPerson] = useState({ name: '', email: '', role: 'viewer' as Role });
  const withFreshSignIn = useFreshSignIn();
  const [result, submit, pending] = useActionState<ActionResult<LinkToShow> | null>(
    () => withFreshSignIn(() => inviteUserAction(person)),
    null,
  );
  const problem = result?.ok === false ? result.problem : null;
  if (result?.ok) return <PasswordLinkShown link={result.value} onClose={onClose} />;
  const errorOf = (field: keyof typeof person) => (problem?.field === field ? problem.title : null);
  return (
    <FormDialog
      title="Invite user"
      description="You get a link. Give it to the person, who sets the password with it."
      submitLabel="Invite user"
      submit={submit}
      disabled={pending}
      problem={problem !== null && problem.field === undefined ? problem : null}
      onClose={onClose}
    >
      <Field label="Name" error={errorOf('name')}>
        <Input
          value={person.name}
          required
          autoFocus
          autoComplete="off"
          onChange={(event) => setPerson({ ...person, name: event.target.value })}
        />
      </Field>
      <Field label="E-mail" error={errorOf('email')}>
        <Input
          type="email"
          value={person.email}
          required
          autoComplete="off"
          onChange={(event) => setPerson({ ...person, email: event.target.value })}
        />
      </Field>
      <Field label="Role" error={errorOf('role')}>
        <RoleSelect value={person.role} onRole={(role) => setPerson({ ...person, role })} />
      </Field>
    </FormDialog>
  );
}
