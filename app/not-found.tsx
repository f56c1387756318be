import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title="There is no such page"
        description="It may have been deleted, or the address is not complete."
        action={
          <Button asChild>
            <Link href="/connections">Go to Connections</Link>
          </Button>
        }
      />
    </main>
  );
}
