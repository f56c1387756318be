'use client';

import { useTransition } from 'react';
import { toast } from 'sonner';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import type { UserDto } from '#lib/domain/account/user.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { changeRoleAction, setDisabledAction } from '../actions.ts';
import { PasswordLinkButton } from './password-link-button.tsx';
import { RoleSelect } from './role-select.tsx';

const SIGN_IN_LABEL = { password: 'Password', entra: 'Microsoft' } satisfies Record<UserDto['signInWith'][number], string>;

export function PeopleTable({ people, ownId }: { readonly people: readonly UserDto[]; readonly ownId: string }) {
  return (
    <Card>
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">Person</TableHead>
            <TableHead>Role</TableHead>
            <TableHead>Signs in with</TableHead>
            <TableHead>Last sign-in</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {people.map((person) => (
            <PersonRow key={person.id} person={person} own={person.id === ownId} />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function PersonRow({ person, own }: { readonly person: UserDto; readonly own: boolean }) {
  const [pending, start] = useTransition();
  const withFreshSignIn = useFreshSignIn();

  function run(action: () => Promise<ActionResult<null>>, done: string) {
    start(async () => {
      const result = await withFreshSignIn(action);
      if (result.ok) toast.success(done);
      else toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <TableRow>
      <TableCell className="pl-4">
        <span className="flex items-center gap-2 font-medium">
          {person.name ?? person.email}
          {own ? <Badge>You</Badge> : null}
          {person.disabled ? <Badge variant="warning">Disabled</Badge> : null}
          {person.signInWith.length === 0 ? <Badge>Invited</Badge> : null}
        </span>
        {person.name === null ? null : <span className="text-muted-foreground">{person.email}</span>}
      </TableCell>
      <TableCell>
        <RoleSelect
          aria-label={`Role of ${person.email}`}
          className="h-7 w-36"
          value={person.role}
          disabled={pending}
          onRole={(role) => run(() => changeRoleAction({ userId: person.id, role }), `Changed the role of ${person.email}`)}
        />
      </TableCell>
      <TableCell className="text-muted-foreground">
        {person.signInWith.map((way) => SIGN_IN_LABEL[way]).join(', ') || '—'}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        {person.lastSignInAt === null ? 'Never' : <TimeAgo at={person.lastSignInAt} />}
      </TableCell>
      <TableCell className="text-right whitespace-nowrap">
        {own || person.disabled ? null : <PasswordLinkButton person={person} />}
        {own ? null : (
          <Button
            variant="ghost"
            size="sm"
            disabled={pending}
            onClick={() =>
              run(
                () => setDisabledAction({ userId: person.id, disabled: !person.disabled }),
                `${person.disabled ? 'Enabled' : 'Disabled'} ${person.email}`,
              )
            }
          >
            {person.disabled ? 'Enable' : 'Disable'}
            <span className="sr-only"> {person.email}</span>
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
