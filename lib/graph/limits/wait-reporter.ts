import type { WaitWatch } from './admission.ts';

/** A wait shorter than this is told of to nobody, milliseconds. */
const SETTLE_MS = 1000;

/**
 * Tells why at least one request waits, and null once none does; the reason that came last counts. Many short waits don't flicker: a change is
 * told after a second, if it still holds.
 */
export function createWaitWatch(onChange: (words: string | null) => void, settleMs = SETTLE_MS): WaitWatch {
  const waits = new Map<symbol, string>();
  let told: string | null = null;
  let isDue = false;
  const tell = (): void => {
    isDue = false;
    const words = [...waits.values()].at(-1) ?? null;
    if (words === told) return;
    told = words;
    onChange(words);
  };
  const changed = (): void => {
    if (isDue) return;
    isDue = true;
    setTimeout(tell, settleMs).unref();
  };
  return {
    begin(words) {
      const wait = Symbol(words);
      waits.set(wait, words);
      changed();
      return () => {
        waits.delete(wait);
        changed();
      };
    },
  };
}
