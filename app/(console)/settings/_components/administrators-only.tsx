import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

/** In place of the content of a page that is for administrators. */
export function AdministratorsOnly() {
  return <EmptyState title="This page needs the role Administrator" description="Ask an administrator of Entrada." />;
}
