import { CopyButton } from '#components/ui/copy-button.tsx';

/** SQL for the administrator of a database, to copy. */
export function RoleSql({ sql }: { readonly sql: string }) {
  return (
    <section aria-label="Role with the least rights" className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 items-center justify-between gap-2 border-b px-4 py-1.5">
        <h2 className="text-sm font-semibold">Role with the least rights</h2>
        <CopyButton value={sql} label="Copy the SQL" />
      </div>
      <p className="px-4 pt-3 text-sm text-muted-foreground">An administrator of the database runs this SQL once.</p>
      <pre className="overflow-x-auto px-4 py-3 font-mono text-xs">{sql}</pre>
    </section>
  );
}
