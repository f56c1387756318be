import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { getRetention } from '#lib/services/retention/retention.ts';
import { getContext } from '#lib/web/context.ts';
import { AdministratorsOnly } from '../_components/administrators-only.tsx';
import { RetentionForm } from './_components/retention-form.tsx';

export const metadata: Metadata = { title: 'Retention' };

export default async function RetentionPage() {
  const ctx = await getContext();
  const isAdmin = ctx.actor.role === 'admin';
  return (
    <>
      <PageHeader
        title="Retention"
        description="How long Entrada keeps the audit trail and the history of runs."
        breadcrumbs={[{ label: 'Settings', href: '/settings' }]}
      />
      {isAdmin ? <RetentionForm retention={await getRetention({ ctx, input: {} })} /> : <AdministratorsOnly />}
    </>
  );
}
