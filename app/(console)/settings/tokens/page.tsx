import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { listApiTokens } from '#lib/services/token/list-api-tokens.ts';
import { getContext } from '#lib/web/context.ts';
import { CreateTokenButton } from './_components/create-token-button.tsx';
import { TokenTable } from './_components/token-table.tsx';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage() {
  const ctx = await getContext();
  const [tokens, connections] = await Promise.all([listApiTokens({ ctx, input: {} }), listConnections({ ctx, input: {} })]);
  return (
    <>
      <PageHeader
        title="API tokens"
        description={
          ctx.actor.role === 'admin'
            ? 'The tokens of everybody. A token gives access to /api/v1 in the name of its owner, but not to pages.'
            : 'Tokens for scripts that call /api/v1 in your name.'
        }
        breadcrumbs={[{ label: 'Settings', href: '/settings' }]}
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/api/docs">API reference</Link>
            </Button>
            <CreateTokenButton connections={connections.map(({ id, name }) => ({ id, name }))} />
          </>
        }
      />
      <TokenTable tokens={tokens} />
    </>
  );
}
