import { cn } from '#components/ui/cn.ts';

/** The logo of Entrada: three rows of a table, of which one has just changed. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={cn('size-6', className)}>
      <rect width="32" height="32" rx="7" className="fill-primary" />
      <path
        d="M9 8.5h14M9 16h8.5M9 23.5h14"
        fill="none"
        strokeWidth="3"
        strokeLinecap="round"
        className="stroke-primary-foreground"
      />
      <circle cx="23" cy="16" r="2.1" className="fill-primary-foreground" />
    </svg>
  );
}
