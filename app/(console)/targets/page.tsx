import { DatabaseZap } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listTargets } from '#lib/services/target/list-targets.ts';
import { getContext } from '#lib/web/context.ts';
import { TargetList } from './_components/target-list.tsx';

export const metadata: Metadata = { title: 'Targets' };

export default async function TargetsPage() {
  const ctx = await getContext();
  const targets = await listTargets({ ctx, input: {} });
  return (
    <>
      <PageHeader
        title="Targets"
        description="Databases and folders in which tasks land their datasets."
        actions={
          includesRole(ctx.actor.role, 'editor') ? (
            <Button asChild size="sm">
              <Link href="/targets/new">
                <DatabaseZap aria-hidden />
                Create target
              </Link>
            </Button>
          ) : undefined
        }
      />
      <div className="overflow-hidden rounded-lg border bg-card">
        <TargetList targets={targets} />
      </div>
    </>
  );
}
