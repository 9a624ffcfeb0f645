// Live: the gateway tells which kinds of things changed, and the lists in sight
// that show them are read again. The stream is open while somebody looks and
// works: a page that is forgotten keeps no session alive.
import type { Query, QueryClient } from "@tanstack/react-query";
import { standing } from "./standing";
import { makeStore } from "./store";

// live tells whether changes are told; until then who needs to know looks again
// and again (lookEvery).
export const live = makeStore(false);

const minute = 60_000;
const restAfter = 10 * minute;
const tryAgain = minute / 2;
// A fact may be told before another service has made its own of it.
const settled = 2_000;

// What the lists of a name show; a name that is not here shows anything.
const shows: Record<string, readonly string[]> = {
  who: ["membership", "organization", "user"],
  sessions: ["user"],
  factors: ["user"],
  features: ["features", "namespace"],
  dossiers: ["dossier", "assignment", "consent"],
  collaborators: ["collaborator", "membership", "invitation", "assignment"],
  members: ["membership", "invitation", "seat_limit"],
  consents: ["consent", "assignment"],
  visits: ["support_session", "consent"],
  conflicts: ["release", "assignment"],
  invitations: ["invitation", "membership"],
  credits: ["support_session", "collaborator"],
};

// longest is how many pages are read again by themselves: who scrolled further
// is not made to wait for all of it.
const longest = 10;

// listen opens the stream whenever it is wanted. look is asked when the session
// may have ended.
export function listen(queries: QueryClient, look: () => Promise<void>): void {
  let source: EventSource | null = null;
  let used = Date.now();
  let before = false; // whether there was a stream, so what was read since may be old
  const later = new Set<string>();

  const wanted = () => !document.hidden && Date.now() - used < restAfter && standing.get() === "here";
  const close = () => {
    source?.close();
    source = null;
    live.set(false);
  };
  const ready = () => {
    live.set(true);
    if (before) {
      reread(queries, () => true);
    }
    before = true;
  };
  const changed = (event: MessageEvent<string>) => {
    const { kinds } = JSON.parse(event.data) as { kinds: string[] };
    reread(queries, (name) => concerns(name, kinds));
    if (later.size === 0) {
      setTimeout(() => {
        reread(queries, (name) => concerns(name, [...later]));
        later.clear();
      }, settled);
    }
    kinds.forEach((kind) => later.add(kind));
  };
  const open = () => {
    if (source !== null || !wanted()) {
      return;
    }
    source = new EventSource("/v1/me/events");
    source.addEventListener("ready", ready);
    source.addEventListener("changed", changed);
    source.addEventListener("over", () => { close(); void look().then(open); });
    source.addEventListener("error", () => {
      live.set(false);
      if (source?.readyState === EventSource.CLOSED) { // refused, and not only interrupted
        close();
        void look();
        setTimeout(open, tryAgain);
      }
    });
  };
  const atWork = () => {
    used = Date.now();
    open();
  };
  ["pointerdown", "keydown", "wheel", "focus"].forEach((name) => addEventListener(name, atWork, { passive: true }));
  document.addEventListener("visibilitychange", open);
  standing.watch(() => (wanted() ? open() : close()));
  setInterval(() => (wanted() ? open() : close()), minute);
  open();
}

const concerns = (name: string, kinds: readonly string[]): boolean => shows[name]?.some((kind) => kinds.includes(kind)) ?? true;

function reread(queries: QueryClient, wanted: (name: string) => boolean): void {
  const named = (query: Query) => wanted(String(query.queryKey[0]));
  void queries.invalidateQueries({ predicate: (query) => named(query) && !isLong(query) });
  void queries.invalidateQueries({ predicate: (query) => named(query) && isLong(query), refetchType: "none" });
}

function isLong(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined;
  return (data?.pages?.length ?? 0) > longest;
}
