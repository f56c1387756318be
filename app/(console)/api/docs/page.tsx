import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { getContext } from '#lib/web/context.ts';
import { ApiReference } from './_components/api-reference.tsx';

export const metadata: Metadata = { title: 'API reference' };

export default async function ApiDocsPage() {
  await getContext();
  return (
    <>
      <PageHeader
        title="API reference"
        description="Every operation of /api/v1. Requests that you try here make real changes, with your session or with an API token from Authorize."
        breadcrumbs={[
          { label: 'Settings', href: '/settings' },
          { label: 'API tokens', href: '/settings/tokens' },
        ]}
      />
      <ApiReference />
    </>
  );
}
