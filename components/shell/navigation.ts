import { Activity, Cable, Database, ListChecks, type LucideIcon, Network, Settings } from 'lucide-react';

export interface Destination {
  readonly label: string;
  readonly href: string;
  readonly icon: LucideIcon;
}

export const DESTINATIONS: readonly Destination[] = [
  { label: 'Connections', href: '/connections', icon: Cable },
  { label: 'Targets', href: '/targets', icon: Database },
  { label: 'Data gateways', href: '/gateways', icon: Network },
  { label: 'Tasks', href: '/tasks', icon: ListChecks },
  { label: 'Runs', href: '/runs', icon: Activity },
  { label: 'Settings', href: '/settings', icon: Settings },
];

/** Whether the page at `pathname` belongs to the destination at `href`. */
export function isWithin(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
