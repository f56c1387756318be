'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { ConnectionTestDto } from '#lib/domain/connection.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import { createConnectionAction, testVerificationAction } from '../../actions.ts';
import { clearDraft } from './connection-form.ts';

interface Finished {
  readonly verificationId: string | null;
  readonly name: string;
  readonly openMetadata: boolean;
}

/** Test connection, Create, Cancel. */
export function useFinish({ verificationId, name, openMetadata }: Finished) {
  const router = useRouter();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tested, setTested] = useState<ActionResult<ConnectionTestDto> | null>(null);
  const [testing, startTest] = useTransition();
  const [creating, startCreate] = useTransition();

  function test() {
    if (verificationId === null) return;
    startTest(async () => setTested(await testVerificationAction({ verificationId })));
  }

  function create() {
    if (verificationId === null) return;
    startCreate(async () => {
      const result = await createConnectionAction({ verificationId, name });
      if (!result.ok) return setProblem(result.problem);
      clearDraft();
      toast.success(`Created ${result.value.name}`);
      router.push(openMetadata ? `/connections/${result.value.id}/metadata` : '/connections');
    });
  }

  function cancel() {
    clearDraft();
    router.push('/connections');
  }

  /** What was answered belongs to settings or to a name that have changed since. */
  function forget() {
    setProblem(null);
    setTested(null);
  }

  return { problem, tested, testing, creating, test, create, cancel, forget };
}
