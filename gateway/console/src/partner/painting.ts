// Cells that are painted to be asked for. The first cell of a stroke says
// whether the stroke paints or wipes.
import { useRef, useState } from "react";
import type { Pair } from "./batch";

export type Painting = {
  pairs: ReadonlyMap<string, Pair>;
  has: (pair: Pair) => boolean;
  begin: (pair: Pair) => void;
  // over goes on with the stroke, where one is under way.
  over: (pair: Pair) => void;
  toggle: (pair: Pair) => void;
  end: () => void;
  clear: () => void;
};

const keyOf = (pair: Pair): string => `${pair.collaboratorId} ${pair.dossierId}`;

export function usePainting(): Painting {
  const [pairs, setPairs] = useState<ReadonlyMap<string, Pair>>(new Map());
  const stroke = useRef<"paint" | "wipe">(undefined);
  const has = (pair: Pair) => pairs.has(keyOf(pair));
  const put = (pair: Pair, paint: boolean) => setPairs((old) => {
    const next = new Map(old);
    if (paint) {
      next.set(keyOf(pair), pair);
    } else {
      next.delete(keyOf(pair));
    }
    return next;
  });
  return {
    pairs,
    has,
    begin: (pair) => {
      stroke.current = has(pair) ? "wipe" : "paint";
      put(pair, stroke.current === "paint");
    },
    over: (pair) => stroke.current && put(pair, stroke.current === "paint"),
    toggle: (pair) => put(pair, !has(pair)),
    end: () => { stroke.current = undefined; },
    clear: () => setPairs(new Map()),
  };
}

// byPerson brings the pairs of one person together: one call asks for them.
export function byPerson(pairs: ReadonlyMap<string, Pair>): Pair[] {
  return [...pairs.values()].sort((x, y) => (x.collaboratorId < y.collaboratorId ? -1 : x.collaboratorId > y.collaboratorId ? 1 : 0));
}
