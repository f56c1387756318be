'use client';

import { Copy } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { reachServer } from '#components/connection/reach-server.ts';
import { Button } from '#components/ui/button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DuplicateConnectionButtonProps {
  readonly connectionId: string;
  readonly action: (input: { connectionId: string }) => Promise<ActionResult<{ id: string; name: string }>>;
}

/** Creates a connection with the same sign-in and metadata, without tasks. */
export function DuplicateConnectionButton({ connectionId, action }: DuplicateConnectionButtonProps) {
  const router = useRouter();
  const [pending, start] = useTransition();
  function duplicate() {
    start(async () => {
      const result = await reachServer(action({ connectionId }));
      if (!result.ok) return void toast.error(result.problem.title, { description: result.problem.remedy });
      toast.success(`Created ${result.value.name}`);
      router.push(`/connections/${result.value.id}`);
    });
  }
  return (
    <Button variant="ghost" size="sm" disabled={pending} onClick={duplicate}>
      <Copy aria-hidden />
      Duplicate
    </Button>
  );
}
