'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { reachServer } from '#components/connection/reach-server.ts';
import type { ConnectionDto, ConnectionTestDto } from '#lib/domain/connection/connection.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import { createConnectionAction, renewConnectionAction, testVerificationAction, updateConnectionAction } from '../../actions.ts';
import { type ConnectionForm, clearDraft, settingsOf } from './form/connection-form.ts';

interface Finished {
  readonly existing: ConnectionDto | null;
  readonly form: ConnectionForm;
  /** Id of a verified verification; null: none, or not needed. */
  readonly verificationId: string | null;
  readonly name: string;
  /** Year-month-day; empty: unknown. */
  readonly expiresOn: string;
  readonly openMetadata: boolean;
}

/** Test connection, Create or Save, Cancel. */
export function useFinish(state: Finished) {
  const { existing, verificationId } = state;
  const router = useRouter();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tested, setTested] = useState<ActionResult<ConnectionTestDto> | null>(null);
  const [testing, startTest] = useTransition();
  const [finishing, startFinish] = useTransition();

  function test() {
    if (verificationId === null) return;
    startTest(async () => setTested(await reachServer(testVerificationAction({ verificationId }))));
  }

  /** `confirm`: also if tasks could not land from the new gateway. */
  function finish(confirm = false) {
    startFinish(async () => {
      const result = await reachServer(send(state, confirm));
      if (!result.ok) return setProblem(result.problem);
      clearDraft(existing);
      toast.success(`${existing === null ? 'Created' : 'Saved'} ${result.value.name}`);
      const page = `/connections/${result.value.id}`;
      router.push(existing !== null ? page : state.openMetadata ? `${page}/metadata` : '/connections');
    });
  }

  function cancel() {
    clearDraft(existing);
    router.push(existing === null ? '/connections' : `/connections/${existing.id}`);
  }

  /** Discards results that belong to earlier settings or an earlier name. */
  function forget() {
    setProblem(null);
    setTested(null);
  }

  return { problem, tested, testing, finishing, test, finish, cancel, forget };
}

function send({ existing, form, verificationId, name, expiresOn }: Finished, confirm: boolean) {
  const secretExpiresOn = expiresOn === '' ? null : expiresOn;
  if (verificationId === null && existing !== null) {
    const { credential, clientSecret, certificateId, gatewayId, gatewayGroupId } = settingsOf(form, existing);
    const settings = { credential: credential ?? 'secret', clientSecret, certificateId, gatewayId, gatewayGroupId };
    return updateConnectionAction({ connectionId: existing.id, name, secretExpiresOn, confirm, ...settings });
  }
  const verified = { verificationId: verificationId ?? '', name, secretExpiresOn };
  return existing === null ? createConnectionAction(verified) : renewConnectionAction({ ...verified, confirm });
}
