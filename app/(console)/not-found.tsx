import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

export default function NotFound() {
  return (
    <EmptyState
      className="flex-1"
      title="This is not here"
      description="It may have been deleted, or the address is not complete."
      action={
        <Button asChild variant="outline">
          <Link href="/connections">Go to Connections</Link>
        </Button>
      }
    />
  );
}
