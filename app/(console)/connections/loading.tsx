import { Skeleton } from '#components/ui/feedback/skeleton.tsx';
import { Card } from '#components/ui/layout/card.tsx';

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-2 h-6 w-40" />
      <Skeleton className="mb-6 h-4 w-72" />
      <Card>
        {['w-48', 'w-64', 'w-40', 'w-56', 'w-44'].map((width) => (
          <div key={width} className="flex items-center justify-between gap-6 border-b px-4 py-3.5 last:border-0">
            <Skeleton className={`h-4 ${width}`} />
            <Skeleton className="hidden h-4 w-24 md:block" />
            <Skeleton className="h-4 w-16" />
          </div>
        ))}
      </Card>
    </div>
  );
}
