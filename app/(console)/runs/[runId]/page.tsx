import type { Metadata } from 'next';
import { compactRun } from '#components/run/compact-run.ts';
import { includesRole } from '#lib/domain/account/role.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { startRunAction } from '../../actions.ts';
import { cancelRunAction } from '../actions.ts';
import { LiveRun } from './_components/live-run.tsx';

export const metadata: Metadata = { title: 'Run' };

export default async function RunPage({ params }: { readonly params: Promise<{ runId: string }> }) {
  const { runId } = await params;
  const ctx = await getContext();
  const run = await orNotFound(getRun({ ctx, input: { runId } }));
  return (
    <LiveRun
      run={compactRun(run)}
      nowMs={ctx.clock.now().getTime()}
      canRun={includesRole(ctx.actor.role, 'editor')}
      cancel={cancelRunAction}
      start={startRunAction}
    />
  );
}
