'use client';

import { ExternalLink, ShieldCheck } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Textarea } from '#components/ui/form/input.tsx';
import type { VerificationControl } from './use-verification.ts';

interface AuthenticateStepProps {
  readonly control: VerificationControl;
  /** The application signs in by itself: no window and no code. */
  readonly appOnly: boolean;
  readonly onAuthenticate: () => void;
}

export function AuthenticateStep(props: AuthenticateStepProps) {
  return props.appOnly ? <ApplicationStep {...props} /> : <PersonStep {...props} />;
}

function ApplicationStep({ control, onAuthenticate }: AuthenticateStepProps) {
  const { busy, verification } = control;
  return (
    <div className="flex flex-wrap items-center gap-3 border-t pt-4">
      <Button variant={verification === null ? 'default' : 'outline'} disabled={busy !== null} onClick={onAuthenticate}>
        {busy === 'verifying' ? <Spinner /> : <ShieldCheck aria-hidden />}
        Verify
      </Button>
      <p className="text-xs text-muted-foreground">The application signs in without a window and without a code.</p>
    </div>
  );
}

function PersonStep({ control, onAuthenticate }: AuthenticateStepProps) {
  const { verification, busy, blocked, code } = control;
  const field = useRef<HTMLTextAreaElement>(null);
  const waitingId = verification?.status === 'waiting-for-code' ? verification.id : null;

  useEffect(() => {
    if (waitingId === null) return;
    field.current?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    field.current?.focus({ preventScroll: true });
  }, [waitingId]);

  // No code follows a refused sign-in.
  const open = verification !== null && verification.status !== 'failed';
  const verifiable = waitingId !== null && busy === null && code.trim() !== '';
  return (
    <div className="grid gap-4 border-t pt-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button variant={verification === null ? 'default' : 'outline'} onClick={onAuthenticate}>
          {busy === 'authenticating' ? <Spinner /> : <ExternalLink aria-hidden />}
          Authenticate
        </Button>
        {blocked && verification !== null && waitingId !== null ? (
          <p className="text-muted-foreground">
            The browser blocked the sign-in window.{' '}
            <a
              href={verification.authorizeUrl}
              target="_blank"
              rel="noopener opener"
              className="font-medium text-primary underline underline-offset-2"
            >
              Open the sign-in page
            </a>
          </p>
        ) : (
          <p className="text-xs text-muted-foreground">Opens Microsoft's sign-in page in a window.</p>
        )}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (verifiable) control.verify(code);
        }}
        className="grid gap-2"
      >
        <Field label="Complete authentication with the code provided by the source">
          <Textarea
            ref={field}
            rows={2}
            value={code}
            disabled={!open}
            onChange={(event) => control.setCode(event.target.value)}
            // A pasted code replaces one that was refused.
            onPaste={(event) => {
              event.preventDefault();
              control.setCode(event.clipboardData.getData('text'));
            }}
            placeholder={open ? 'Paste the authentication code here' : 'Authenticate first'}
            spellCheck={false}
            autoComplete="off"
            className="resize-none font-mono text-xs break-all"
          />
        </Field>
        <Button type="submit" variant={verifiable ? 'default' : 'outline'} disabled={!verifiable} className="justify-self-start">
          {busy === 'verifying' ? <Spinner /> : null}
          Verify
        </Button>
      </form>
    </div>
  );
}
