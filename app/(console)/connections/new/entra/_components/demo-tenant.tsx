import { FlaskConical } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { DemoConnectionDto } from '#lib/domain/connection/connection.ts';

interface DemoTenantProps {
  readonly demo: DemoConnectionDto;
  readonly filledIn: boolean;
  readonly onFillIn: () => void;
}

/** Fills in the demo tenant, for people without an Azure account. */
export function DemoTenant({ demo, filledIn, onFillIn }: DemoTenantProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-dashed bg-muted/40 px-3 py-2.5">
      <FlaskConical aria-hidden className="size-4 shrink-0 text-primary" />
      {filledIn ? (
        <div className="min-w-0 flex-1 space-y-0.5">
          <p>The demo tenant is filled in. Choose Authenticate and sign in as</p>
          <p className="flex flex-wrap items-center gap-x-3">
            <DemoValue label="user" value={demo.username} />
            <DemoValue label="password" value={demo.password} />
          </p>
        </div>
      ) : (
        <>
          <p className="min-w-0 flex-1 text-muted-foreground">No app registration?</p>
          <Button variant="outline" size="sm" onClick={onFillIn}>
            Try the demo tenant
          </Button>
        </>
      )}
    </div>
  );
}

function DemoValue({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="text-muted-foreground">{label}</span>
      <code className="truncate font-mono text-xs">{value}</code>
      <CopyButton value={value} label={`Copy demo ${label}`} />
    </span>
  );
}
