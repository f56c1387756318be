'use client';

import { Check, Copy } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { cn } from './cn.ts';
import { copyToClipboard } from './copy-to-clipboard.ts';

const SHOWN_MS = 2000;

export interface CopyButtonProps extends Pick<ButtonProps, 'variant' | 'size' | 'className'> {
  readonly value: string;
  /** Accessible name: what is copied. */
  readonly label?: string;
  /** Visible label; without it only an icon. */
  readonly children?: ReactNode;
  readonly onCopied?: () => void;
}

/** Copies `value` and confirms it visually and to screen readers. */
export function CopyButton({ value, label = 'Copy', children, variant = 'ghost', size, className, onCopied }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');

  async function copy() {
    const copied = await copyToClipboard(value);
    setState(copied ? 'copied' : 'failed');
    if (copied) onCopied?.();
    setTimeout(() => setState('idle'), SHOWN_MS);
  }

  const Icon = state === 'copied' ? Check : Copy;
  const words = state === 'copied' ? 'Copied' : state === 'failed' ? 'Select it and press Ctrl+C' : children;
  return (
    <>
      <Button
        variant={variant}
        size={size ?? (children === undefined ? 'icon-sm' : 'default')}
        className={cn(children === undefined && 'text-muted-foreground', className)}
        {...(children === undefined ? { 'aria-label': label, title: label } : {})}
        onClick={copy}
      >
        <Icon aria-hidden className={cn('size-3.5', state === 'copied' && variant !== 'default' && 'text-success')} />
        {children === undefined ? null : words}
      </Button>
      <span role="status" className="sr-only">
        {state === 'copied' ? 'Copied' : ''}
      </span>
    </>
  );
}
