import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Create connection' };

/** The gallery is the layout: the dialog opens over it. */
export default function NewConnectionPage() {
  return null;
}
