/** Delegated permissions of the connection's token. */
export function PermissionList({ permissions }: { readonly permissions: readonly string[] }) {
  if (permissions.length === 0) return <p className="px-4 py-3 text-sm text-muted-foreground">None.</p>;
  return (
    <ul className="flex flex-wrap gap-1.5 p-3">
      {permissions.toSorted().map((permission) => (
        <li key={permission} className="rounded border bg-muted/50 px-1.5 py-0.5 font-mono text-[11px] break-all">
          {permission}
        </li>
      ))}
    </ul>
  );
}
