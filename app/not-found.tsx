import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title="This page does not exist"
        description="The page may have been deleted, or the address is incomplete."
        action={
          <Button asChild>
            <Link href="/connections">Go to Connections</Link>
          </Button>
        }
      />
    </main>
  );
}
