import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { PageHeader } from '#components/ui/layout/page-header.tsx';

/** Shows the gallery behind the dialog. */
export default function NewConnectionLayout({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <PageHeader
        title="Create connection"
        description="Choose the source to connect to."
        breadcrumbs={[{ label: 'Connections', href: '/connections' }]}
      />
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))] gap-4">
        <Link
          href="/connections/new/entra"
          className="group flex flex-col gap-3 rounded-lg border bg-card p-5 transition-colors hover:border-primary/60 hover:bg-accent/40"
        >
          <span className="flex items-center gap-3">
            <EntraMark />
            <span className="font-semibold">Microsoft Entra ID (Azure Active Directory)</span>
          </span>
          <span className="text-muted-foreground">
            Users, groups and their members, applications, service principals, directory roles, devices and sign-in logs, read
            through Microsoft Graph.
          </span>
          <span className="mt-auto flex items-center gap-1 pt-1 font-medium text-primary">
            Set up
            <ArrowRight aria-hidden className="size-4 transition-transform group-hover:translate-x-0.5" />
          </span>
        </Link>
      </div>
      {children}
    </>
  );
}

function EntraMark() {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className="size-9 shrink-0 rounded-md border bg-background p-1.5 text-primary">
      <path d="M16 3 4 18l12 7.5L28 18z" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinejoin="round" />
      <path d="M16 3v22.5M4 18l12-3.5L28 18" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
    </svg>
  );
}
