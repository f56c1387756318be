'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { Button } from '#components/ui/button.tsx';
import type { UserDto } from '#lib/domain/account/user.ts';
import { createPasswordLinkAction } from '../actions.ts';
import { type LinkToShow, PasswordLinkShown } from './password-link-shown.tsx';

/** Creates a link by which the person sets a password: a new invitation, or a reset. */
export function PasswordLinkButton({ person }: { readonly person: UserDto }) {
  const [link, setLink] = useState<LinkToShow | null>(null);
  const [pending, start] = useTransition();
  const withFreshSignIn = useFreshSignIn();

  function make() {
    start(async () => {
      const result = await withFreshSignIn(() => createPasswordLinkAction({ userId: person.id }));
      if (result.ok) setLink({ email: person.email, ...result.value });
      else toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <>
      <Button variant="ghost" size="sm" disabled={pending} onClick={make}>
        {person.signInWith.length === 0 ? 'New invitation' : 'Reset password'}
        <span className="sr-only"> of {person.email}</span>
      </Button>
      {link === null ? null : <PasswordLinkShown link={link} onClose={() => setLink(null)} />}
    </>
  );
}
