import { useSyncExternalStore } from 'react';

const CHANGED = 'entrada:stored-flag';

function subscribe(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  window.addEventListener('storage', onChange);
  return () => {
    window.removeEventListener(CHANGED, onChange);
    window.removeEventListener('storage', onChange);
  };
}

/** A choice of this browser, kept across pages; false on the server, and until it is made. */
export function useStoredFlag(key: string): readonly [boolean, (on: boolean) => void] {
  const isOn = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => false,
  );
  return [isOn, (on) => write(key, on)];
}

/** Values of this page, for a browser that stores nothing. */
const unstored = new Map<string, boolean>();

function read(key: string): boolean {
  try {
    return unstored.get(key) ?? window.localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

function write(key: string, on: boolean): void {
  try {
    window.localStorage.setItem(key, on ? 'on' : 'off');
    unstored.delete(key);
  } catch {
    unstored.set(key, on);
  }
  window.dispatchEvent(new Event(CHANGED));
}
