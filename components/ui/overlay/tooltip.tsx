'use client';

import { Tooltip as TooltipPrimitive } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

/** Text about a control, on hover and on focus. Without text it renders only the control. Needs no provider on the page. */
export function Tooltip({
  words,
  side = 'top',
  children,
}: {
  readonly words: ReactNode | null;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly children: ReactElement;
}) {
  if (words === null) return children;
  return (
    <TooltipPrimitive.Provider delayDuration={350} disableHoverableContent>
      <TooltipPrimitive.Root>
        <TooltipPrimitive.Trigger asChild>{children}</TooltipPrimitive.Trigger>
        <TooltipPrimitive.Portal>
          <TooltipPrimitive.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-60 max-w-72 rounded-md border bg-popover px-2.5 py-1.5 text-xs text-pretty text-popover-foreground shadow-overlay"
          >
            {words}
          </TooltipPrimitive.Content>
        </TooltipPrimitive.Portal>
      </TooltipPrimitive.Root>
    </TooltipPrimitive.Provider>
  );
}
