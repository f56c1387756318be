import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Create connection' };

/** Empty: the layout has the gallery, and the dialog opens over it. */
export default function NewConnectionPage() {
  return null;
}
