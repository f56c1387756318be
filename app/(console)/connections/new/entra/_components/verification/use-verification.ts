'use client';

import { useEffect, useRef, useState } from 'react';
import { codeOfMessage, SIGN_IN_CHANNEL } from '#components/connection/code-message.ts';
import { reachServer } from '#components/connection/reach-server.ts';
import type { ConnectionDto, VerificationDto } from '#lib/domain/connection/connection.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import { getVerificationAction, startVerificationAction, verifyApplicationAction, verifyCodeAction } from '../../../actions.ts';
import { type ConnectionForm, settingsOf } from '../form/connection-form.ts';
import { openSignInWindow } from './sign-in-window.ts';

export interface VerificationControl {
  readonly verification: VerificationDto | null;
  readonly problem: Problem | null;
  readonly code: string;
  readonly busy: 'authenticating' | 'verifying' | null;
  /** Whether the browser blocked the sign-in window: a link is shown instead. */
  readonly blocked: boolean;
  readonly setCode: (code: string) => void;
  /** App-only: verifies. Else call it in the click handler, or the browser blocks the window. */
  readonly authenticate: (form: ConnectionForm) => void;
  readonly verify: (code: string) => void;
  /** Call when a setting has changed: the verification no longer matches the input. */
  readonly invalidate: () => void;
}

/** The verification of a dialog, from Authenticate to Verified. A second Authenticate replaces the first. */
export function useVerification(
  restoredId: string | null,
  existing: ConnectionDto | null,
  onVerified: (verification: VerificationDto) => void,
): VerificationControl {
  const state = useVerificationState();
  const { epoch, begin, settle, invalidate, setVerification, setProblem, setBlocked } = state;
  useRestored(restoredId, epoch, setVerification);

  async function verifyApplication(form: ConnectionForm) {
    const mine = begin('verifying');
    const result = await reachServer(verifyApplicationAction(settingsOf(form, existing)));
    if (mine !== epoch.current) return;
    settle(result);
    if (result.ok) onVerified(result.value);
  }

  async function authenticate(form: ConnectionForm) {
    const signInWindow = openSignInWindow();
    const mine = begin('authenticating');
    const result = await reachServer(startVerificationAction(settingsOf(form, existing)));
    if (mine !== epoch.current) return;
    settle(result);
    if (!result.ok) return signInWindow?.close();
    if (signInWindow === null || signInWindow.closed) setBlocked(true);
    else signInWindow.location.replace(result.value.authorizeUrl);
  }

  async function verify(pasted: string) {
    if (state.verification === null) return;
    const mine = epoch.current;
    state.setBusy('verifying');
    setProblem(null);
    const { id, authorizeUrl } = state.verification;
    const result = await reachServer(verifyCodeAction({ verificationId: id, pasted }));
    // A refusal may have ended the verification, or only rejected this paste: read its state from the server.
    const left = result.ok ? null : await reachServer(getVerificationAction({ verificationId: id }));
    if (mine !== epoch.current) return;
    settle(result.ok ? { ok: true, value: { ...result.value, authorizeUrl } } : result);
    if (left?.ok) setVerification({ ...left.value, authorizeUrl });
    if (!result.ok) return;
    if (result.value.status === 'verified') onVerified(result.value);
    else setProblem(result.value.problem);
  }

  useHandedOverCode(state.verification?.id ?? null, (handed) => {
    state.setCode(handed);
    void verify(handed);
  });

  useEndedSignIn(state.verification, async ({ id, authorizeUrl }) => {
    const mine = epoch.current;
    const result = await reachServer(getVerificationAction({ verificationId: id }));
    if (mine !== epoch.current || !result.ok || result.value.status !== 'failed') return;
    setVerification({ ...result.value, authorizeUrl });
    setProblem(result.value.problem);
  });

  const { verification, problem, code, busy, blocked, setCode } = state;
  return {
    ...{ verification, problem, code, busy, blocked, setCode, invalidate },
    authenticate: (form) => void (form.signIn === 'app-only' ? verifyApplication(form) : authenticate(form)),
    verify: (pasted) => void verify(pasted),
  };
}

function useVerificationState() {
  const [verification, setVerification] = useState<VerificationDto | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState<VerificationControl['busy']>(null);
  const [blocked, setBlocked] = useState(false);
  // Number of the current attempt: answers of earlier attempts are ignored.
  const epoch = useRef(0);

  function invalidate() {
    epoch.current += 1;
    setVerification(null);
    setProblem(null);
    setCode('');
    setBusy(null);
    setBlocked(false);
  }

  /** Starts a new attempt that replaces earlier ones; returns its number. */
  function begin(what: 'authenticating' | 'verifying'): number {
    invalidate();
    setBusy(what);
    return epoch.current;
  }

  function settle(result: ActionResult<VerificationDto>) {
    setBusy(null);
    if (result.ok) setVerification(result.value);
    else setProblem(result.problem);
  }

  const values = { verification, problem, code, busy, blocked };
  return { ...values, epoch, invalidate, begin, settle, setVerification, setProblem, setCode, setBusy, setBlocked };
}

/** Continues the verification after a page reload. */
function useRestored(id: string | null, epoch: { current: number }, restore: (verification: VerificationDto) => void) {
  useEffect(() => {
    if (id === null) return;
    const mine = epoch.current;
    void reachServer(getVerificationAction({ verificationId: id })).then((result) => {
      const usable = result.ok && (result.value.status === 'verified' || Date.parse(result.value.expiresAt) > Date.now());
      if (usable && mine === epoch.current) restore(result.value);
    });
  }, [id, epoch, restore]);
}

/** Receives the code from *Use this code* on the redirect page. */
function useHandedOverCode(verificationId: string | null, onCode: (code: string) => void) {
  const handler = useRef(onCode);
  useEffect(() => {
    handler.current = onCode;
  });
  useEffect(() => {
    if (verificationId === null) return;
    function onMessage(event: MessageEvent<unknown>) {
      const code = codeOfMessage(event, { origin: window.location.origin, verificationId: verificationId ?? '' });
      if (code !== null) handler.current(code);
    }
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, [verificationId]);
}

/** The redirect page reported a refused or cancelled sign-in, which may be that of this dialog. */
function useEndedSignIn(verification: VerificationDto | null, look: (waiting: VerificationDto) => Promise<void>) {
  const handler = useRef(look);
  useEffect(() => {
    handler.current = look;
  });
  const waiting = verification?.status === 'waiting-for-code' ? verification : null;
  useEffect(() => {
    if (waiting === null) return;
    const channel = new BroadcastChannel(SIGN_IN_CHANNEL);
    channel.onmessage = () => void handler.current(waiting);
    return () => channel.close();
  }, [waiting]);
}
