import type { ReactNode } from 'react';
import { Logo } from '#components/shell/logo.tsx';

export default function PublicLayout({ children }: { readonly children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-90 space-y-6">
        <div className="flex items-center justify-center gap-2.5">
          <Logo className="size-8" />
          <span className="text-xl font-semibold tracking-tight">Entrada</span>
        </div>
        {children}
      </div>
    </main>
  );
}
