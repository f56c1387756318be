import { Command } from 'cmdk';

/** The search field at the top of a list of suggestions. */
export function CommandSearch() {
  return (
    <Command.Input
      autoFocus
      placeholder="Search…"
      className="h-8 w-full border-b bg-transparent px-2.5 text-sm placeholder:text-muted-foreground focus-visible:outline-none"
    />
  );
}
