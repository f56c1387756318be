'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '#components/ui/cn.ts';
import { DESTINATIONS, isWithin } from './navigation.ts';

export function NavLinks({ onNavigate }: { readonly onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main">
      <ul className="grid gap-0.5">
        {DESTINATIONS.map(({ label, href, icon: Icon }) => {
          const current = isWithin(pathname, href);
          return (
            <li key={href}>
              <Link
                href={href}
                {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
                aria-current={current ? 'page' : undefined}
                className={cn(
                  'flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted-foreground transition-colors hover:bg-accent hover:text-foreground',
                  current && 'bg-accent text-foreground',
                )}
              >
                <Icon aria-hidden className={cn('size-4 shrink-0', current && 'text-primary')} />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
