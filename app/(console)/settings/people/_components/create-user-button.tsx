'use client';

import { UserPlus } from 'lucide-react';
import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { PasswordInput } from '#components/ui/password-input.tsx';
import { ProblemAlert } from '#components/ui/problem-alert.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import type { Role } from '#lib/domain/role.ts';
import { PASSWORD_MIN_CHARS } from '#lib/domain/user.ts';
import { createUserAction } from '../actions.ts';
import { RoleSelect } from './role-select.tsx';

export function CreateUserButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <UserPlus aria-hidden />
        Create user
      </Button>
      {open ? <CreateUserDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const [person, setPerson] = useState({ name: '', email: '', password: '', role: 'viewer' as Role });
  const [problem, submit, pending] = useActionState<Problem | null>(async () => {
    const result = await createUserAction(person);
    if (!result.ok) return result.problem;
    toast.success(`Created ${person.email}`);
    onClose();
    return null;
  }, null);
  const errorOf = (field: keyof typeof person) => (problem?.field === field ? problem.title : null);
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <form action={submit} className="grid gap-4">
          <DialogHeader>
            <DialogTitle>Create user</DialogTitle>
            <DialogDescription>A local account. Tell the person the password yourself.</DialogDescription>
          </DialogHeader>
          {problem !== null && problem.field === undefined ? <ProblemAlert problem={problem} /> : null}
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
          <Field label="Password" hint={`At least ${PASSWORD_MIN_CHARS} characters.`} error={errorOf('password')}>
            <PasswordInput
              what="password"
              value={person.password}
              required
              autoComplete="new-password"
              onChange={(event) => setPerson({ ...person, password: event.target.value })}
            />
          </Field>
          <Field label="Role" error={errorOf('role')}>
            <RoleSelect value={person.role} onRole={(role) => setPerson({ ...person, role })} />
          </Field>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={pending}>
              Create user
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
