import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

export default function NotFound() {
  return (
    <EmptyState
      className="flex-1"
      title="This page does not exist"
      description="The object may have been deleted, or the address is incomplete."
      action={
        <Button asChild variant="outline">
          <Link href="/connections">Go to Connections</Link>
        </Button>
      }
    />
  );
}
