import type { Mutex } from '#lib/platform/async/mutex.ts';
import { createSlots } from '#lib/platform/async/slots.ts';

/** A lock of this process. */
export function testMutex(): Mutex {
  const slots = createSlots({ active: 1, open: 1 });
  return {
    get isLocked() {
      return slots.isFull;
    },
    acquire: async (signal) => {
      const slot = await slots.acquire({ signal });
      return () => slot.release();
    },
  };
}
