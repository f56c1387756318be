'use client';

import { KeyRound } from 'lucide-react';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import type { ApiTokenDto } from '#lib/domain/account/api-token.ts';
import { revokeApiTokenAction } from '../actions.ts';

export function TokenTable({ tokens }: { readonly tokens: readonly ApiTokenDto[] }) {
  if (tokens.length === 0) {
    return (
      <EmptyState
        icon={<KeyRound aria-hidden />}
        title="No token yet"
        description="Create a token for a script that starts runs or reads their results."
      />
    );
  }
  return (
    <Card>
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">Token</TableHead>
            <TableHead>Scopes</TableHead>
            <TableHead>Owner</TableHead>
            <TableHead>Created</TableHead>
            <TableHead>Last used</TableHead>
            <TableHead>Ends</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function TokenRow({ token }: { readonly token: ApiTokenDto }) {
  const withFreshSignIn = useFreshSignIn();
  async function revoke() {
    const result = await withFreshSignIn(() => revokeApiTokenAction({ tokenId: token.id }));
    return result.ok ? null : result.problem;
  }
  return (
    <TableRow>
      <TableCell className="pl-4">
        <span className="block font-medium">{token.name}</span>
        <span className="font-mono text-xs text-muted-foreground">{token.hint}…</span>
      </TableCell>
      <TableCell className="text-muted-foreground">
        {token.scopes.join(', ')}
        {token.connection === null ? null : <span className="block text-xs">only {token.connection.name}</span>}
      </TableCell>
      <TableCell className="text-muted-foreground">{token.owner}</TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        <TimeAgo at={token.createdAt} />
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        {token.lastUsedAt === null ? 'Never' : <TimeAgo at={token.lastUsedAt} />}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        {token.expiresAt === null ? 'When revoked' : token.expiresAt.slice(0, 10)}
      </TableCell>
      <TableCell className="text-right">
        <ConfirmButton
          label="Revoke"
          variant="ghost"
          title={`Revoke ${token.name}?`}
          description="From their next request, Entrada refuses scripts that use this token. You cannot undo this."
          onConfirm={revoke}
        />
      </TableCell>
    </TableRow>
  );
}
