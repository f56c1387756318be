'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import type { ConnectionState, ConnectionSummaryDto, ConnectionWarning } from '#lib/domain/connection/connection.ts';
import { ConnectionActions } from './connection-actions.tsx';

interface ConnectionTableProps {
  readonly connections: readonly ConnectionSummaryDto[];
  readonly canEdit: boolean;
}

export function ConnectionTable({ connections, canEdit }: ConnectionTableProps) {
  const [filter, setFilter] = useState('');
  const found = connections.filter((connection) => matches(connection, filter));
  return (
    <div className="space-y-3">
      <div className="relative max-w-72">
        <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-muted-foreground" />
        <Input
          type="search"
          aria-label="Filter connections"
          placeholder="Filter connections"
          className="pl-8"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <Card>
        {found.length === 0 ? (
          <EmptyState
            title="No connection found"
            description={`No connection has “${filter.trim()}” in its name, tenant, account or cloud.`}
            action={
              <Button variant="outline" onClick={() => setFilter('')}>
                Clear filter
              </Button>
            }
          />
        ) : (
          <Rows connections={found} canEdit={canEdit} />
        )}
      </Card>
    </div>
  );
}

function Rows({ connections, canEdit }: ConnectionTableProps) {
  return (
    <Table>
      <TableHeader>
        <TableRow className="hover:bg-transparent">
          <TableHead className="pl-4">Name</TableHead>
          <TableHead>State</TableHead>
          <TableHead>Tenant</TableHead>
          <TableHead>Account</TableHead>
          <TableHead>Cloud</TableHead>
          <TableHead className="text-right">Datasets</TableHead>
          <TableHead className="text-right">Tasks</TableHead>
          <TableHead>Last verified</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {connections.map((connection) => (
          <TableRow key={connection.id}>
            <TableCell className="pl-4">
              <Link
                href={`/connections/${connection.id}`}
                className="block max-w-60 min-w-28 truncate rounded-sm font-medium hover:underline"
              >
                {connection.name}
              </Link>
            </TableCell>
            <TableCell>
              <ConnectionStateBadge state={connection.state} warnings={connection.warnings} />
            </TableCell>
            <TableCell className="max-w-48 truncate">{connection.tenantName ?? '—'}</TableCell>
            <TableCell className="max-w-56 truncate text-muted-foreground">{connection.accountUsername}</TableCell>
            <TableCell className="whitespace-nowrap text-muted-foreground">{connection.cloud}</TableCell>
            <TableCell className="text-right">{connection.datasetCount}</TableCell>
            <TableCell className="text-right">{connection.taskCount}</TableCell>
            <TableCell className="whitespace-nowrap text-muted-foreground">
              <TimeAgo at={connection.lastVerifiedAt} />
            </TableCell>
            <TableCell className="text-right">
              <ConnectionActions connection={connection} canEdit={canEdit} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

const STATE_BADGE = {
  ready: { label: 'Ready', variant: 'success' },
  'needs-reauthentication': { label: 'Needs re-authentication', variant: 'warning' },
} as const satisfies Record<ConnectionState, { label: string; variant: 'success' | 'warning' }>;

const WARNING_LABEL = {
  'credential-expired': 'Credential expired',
  'credential-expires': 'Credential expires soon',
  'refresh-token-idle': 'Sign-in unused',
} as const satisfies Record<ConnectionWarning['code'], string>;

function ConnectionStateBadge({ state, warnings }: Pick<ConnectionSummaryDto, 'state' | 'warnings'>) {
  const [worst] = warnings;
  if (state === 'ready' && worst !== undefined) {
    return (
      <Badge variant="warning" title={worst.title}>
        {WARNING_LABEL[worst.code]}
      </Badge>
    );
  }
  const { label, variant } = STATE_BADGE[state];
  return <Badge variant={variant}>{label}</Badge>;
}

function matches(connection: ConnectionSummaryDto, filter: string): boolean {
  const text = [connection.name, connection.tenantName, connection.accountUsername, connection.cloud].join('\n').toLowerCase();
  return text.includes(filter.trim().toLowerCase());
}
