// A value of the whole program, which screens can show.
import { useSyncExternalStore } from "react";

export type Store<T> = { get: () => T; set: (next: T) => void; watch: (look: () => void) => () => void; use: () => T };

export function makeStore<T>(first: T): Store<T> {
  let value = first;
  const seen = new Set<() => void>();
  const watch = (look: () => void) => {
    seen.add(look);
    return () => seen.delete(look);
  };
  const get = () => value;
  const set = (next: T) => {
    if (!Object.is(next, value)) {
      value = next;
      seen.forEach((look) => look());
    }
  };
  return { get, set, watch, use: () => useSyncExternalStore(watch, get) };
}
