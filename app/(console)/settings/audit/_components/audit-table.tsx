import Link from 'next/link';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import { actorKey } from '#lib/domain/account/actor.ts';
import { AUDIT_ACTION_LABEL, type AuditEventDto } from '#lib/domain/account/audit.ts';

export function AuditTable({ events }: { readonly events: readonly AuditEventDto[] }) {
  return (
    <Card>
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">When</TableHead>
            <TableHead>Who</TableHead>
            <TableHead>What</TableHead>
            <TableHead>Subject</TableHead>
            <TableHead>Details</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {events.map((event) => (
            <TableRow key={event.id}>
              <TableCell className="pl-4 align-top whitespace-nowrap">
                <TimeAgo at={event.at} className="block" />
                <span className="text-xs text-muted-foreground">{event.at.slice(0, 19).replace('T', ' ')} UTC</span>
              </TableCell>
              <TableCell className="align-top">
                <Filter name="person" value={actorKey(event.actor)}>
                  {event.actor.name}
                </Filter>
              </TableCell>
              <TableCell className="align-top">
                <span className="block whitespace-nowrap">{AUDIT_ACTION_LABEL[event.action] ?? event.action}</span>
                <span className="font-mono text-xs text-muted-foreground">{event.action}</span>
              </TableCell>
              <TableCell className="max-w-64 align-top">
                <Subject event={event} />
              </TableCell>
              <TableCell className="max-w-md align-top text-xs text-muted-foreground">
                <Details detail={event.detail} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Subject({ event: { subjectId, subjectName } }: { readonly event: AuditEventDto }) {
  if (subjectId === null) return <span className="text-muted-foreground">–</span>;
  return (
    <Filter name="subject" value={subjectId}>
      <span className="block truncate">{subjectName ?? subjectId}</span>
      {subjectName === null ? null : <span className="block truncate font-mono text-xs text-muted-foreground">{subjectId}</span>}
    </Filter>
  );
}

/** Filters by this person or subject. */
function Filter({
  name,
  value,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Link href={`?${new URLSearchParams({ [name]: value })}`} className="block hover:underline">
      {children}
    </Link>
  );
}

function Details({ detail }: Pick<AuditEventDto, 'detail'>) {
  return (
    <dl className="flex flex-wrap gap-x-3 gap-y-0.5">
      {Object.entries(detail).map(([name, value]) => (
        <div key={name} className="flex min-w-0 gap-1">
          <dt>{name}</dt>
          <dd className="break-all text-foreground">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
