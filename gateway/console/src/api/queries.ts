// What several screens ask: lists by the page, and changes that refresh them.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { api, type Api } from "./client";
import { live } from "./live";

type Page = { nextPageToken: string };

// pageSize is the most that the API gives at once.
export const pageSize = 200;

// lookEvery is how often, in milliseconds, a list is read again that changes by
// others' hands, while nobody tells that it changed.
export const lookEvery = 5_000;

// usePages reads a list as far as it was scrolled.
export function usePages<P extends Page>(key: readonly unknown[], read: (pageToken: string) => Promise<P>, refetchInterval?: number) {
  const told = live.use();
  return useInfiniteQuery({
    refetchInterval: told ? false : refetchInterval,
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: "",
    getNextPageParam: (last: P) => last.nextPageToken || undefined,
  });
}

// everyPage reads a list to its end.
export async function everyPage<P extends Page>(read: (pageToken: string) => Promise<P>, each: (page: P) => void): Promise<void> {
  let token = "";
  do {
    const page = await read(token);
    each(page);
    token = page.nextPageToken;
  } while (token !== "");
}

export const newKey = (): string => crypto.randomUUID();

// useKey is an Idempotency-Key: one for each wish, kept while it is repeated,
// another one once it is worded otherwise.
export function useKey(wish: unknown): string {
  return useMemo(() => ({ wish: JSON.stringify(wish), key: newKey() }), [JSON.stringify(wish)]).key;
}

// useChange makes a change, and then lets every list of these names be read
// again. A second press while the first is on its way does nothing.
export function useChange<In, Out>(change: (api: Api, given: In) => Promise<Out>, refreshes: readonly string[]) {
  const queries = useQueryClient();
  const busy = useRef(false);
  const mutation = useMutation({
    mutationFn: (given: In) => change(api, given),
    // What was refused is told at once; what was done, once the lists show it.
    onSettled: (_, error) => {
      busy.current = false;
      const read = Promise.all(refreshes.map((name) => queries.invalidateQueries({ queryKey: [name] })));
      return error ? undefined : read;
    },
  });
  // What is said after a change is said even when its row is gone by then.
  const mutate = (given: In, then?: { onSuccess?: (out: Out) => void }) => {
    if (!busy.current) {
      busy.current = true;
      mutation.mutateAsync(given).then(then?.onSuccess, () => undefined); // a failure is the mutation's to tell
    }
  };
  return { ...mutation, mutate };
}
