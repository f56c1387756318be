import type { ReactNode } from 'react';
import { Card } from './card.tsx';

interface TitledCardProps {
  readonly title: string;
  /** Name of the region for screen readers; absent: the title. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A section of a page under its title. */
export function TitledCard({ title, label = title, children }: TitledCardProps) {
  return (
    <Card aria-label={label}>
      <h2 className="flex min-h-11 items-center border-b px-4 text-sm font-semibold">{title}</h2>
      {children}
    </Card>
  );
}
