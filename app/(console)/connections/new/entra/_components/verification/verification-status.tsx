'use client';

import { CircleCheck, CircleDashed } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import {
  type VerificationStatus as Status,
  VERIFICATION_STATUS_LABEL,
  type VerificationDto,
  type VerifiedIdentity,
} from '#lib/domain/connection/connection.ts';
import type { VerificationControl } from './use-verification.ts';
import { VerifiedPermissions } from './verified-permissions.tsx';

const TICK_MS = 1000;

interface VerificationStatusProps {
  readonly control: VerificationControl;
  /** Datasets to review the permissions for; null = all. */
  readonly wanted: readonly string[] | null;
  /** Fills in the tenant that Entra named. */
  readonly onTenant: (tenant: string) => void;
}

export function VerificationStatus({ control, wanted, onTenant }: VerificationStatusProps) {
  const { verification, problem, busy } = control;
  const status: Status = busy === 'verifying' ? 'verifying' : (verification?.status ?? 'not-verified');
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (problem !== null) section.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  return (
    <section ref={section} aria-label="Status" className="grid scroll-my-5 gap-2.5">
      <div className="flex min-h-5 flex-wrap items-center gap-2">
        <span className="font-medium">Status</span>
        <span role="status" className="flex items-center">
          <StatusBadge status={status} />
        </span>
        {status === 'waiting-for-code' && verification !== null ? <Countdown expiresAt={verification.expiresAt} /> : null}
      </div>
      {problem === null ? null : <ProblemAlert problem={problem} />}
      {problem?.suggestion?.field === 'tenant' ? <UseTenant tenant={problem.suggestion.value} onTenant={onTenant} /> : null}
      {status === 'verified' && verification?.identity ? (
        <>
          <Identity identity={verification.identity} />
          <VerifiedPermissions verificationId={verification.id} wanted={wanted} />
        </>
      ) : null}
    </section>
  );
}

function UseTenant({ tenant, onTenant }: { readonly tenant: string } & Pick<VerificationStatusProps, 'onTenant'>) {
  return (
    <Button variant="outline" className="max-w-full justify-self-start" onClick={() => onTenant(tenant)}>
      <span className="truncate">Use tenant {tenant}</span>
    </Button>
  );
}

function StatusBadge({ status }: { readonly status: Status }) {
  const label = VERIFICATION_STATUS_LABEL[status];
  if (status === 'verified') {
    return (
      <Badge variant="success">
        <CircleCheck aria-hidden />
        {label}
      </Badge>
    );
  }
  const waiting = status === 'waiting-for-code' || status === 'verifying';
  return (
    <Badge variant={waiting ? 'info' : 'neutral'}>
      {status === 'verifying' ? <Spinner /> : <CircleDashed aria-hidden />}
      {label}
    </Badge>
  );
}

function Countdown({ expiresAt }: Pick<VerificationDto, 'expiresAt'>) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((Date.parse(expiresAt) - now) / 1000));
  if (seconds === 0) return <span className="text-xs text-warning">This sign-in has expired. Choose Authenticate again.</span>;
  return (
    <span role="timer" className="text-xs text-muted-foreground tabular-nums">
      valid for {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}

function Identity({ identity }: { readonly identity: VerifiedIdentity }) {
  const { account, tenant, permissions } = identity;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 rounded-md border border-success/30 bg-success/5 p-3">
      <dt className="text-muted-foreground">Account</dt>
      <dd className="truncate">{account.name === null ? account.username : `${account.name} (${account.username})`}</dd>
      <dt className="text-muted-foreground">Tenant</dt>
      <dd className="truncate">{[tenant.name, tenant.defaultDomain ?? tenant.id].filter(Boolean).join(' · ')}</dd>
      <dt className="text-muted-foreground">Permissions</dt>
      <dd className="tabular-nums">{permissions.length} granted</dd>
    </dl>
  );
}
