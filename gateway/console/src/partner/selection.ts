// What is ticked: some rows, or all that match the list's filter except some.
import { useState } from "react";

export type Selection = { all: boolean; ids: ReadonlySet<string> };

const nothing: Selection = { all: false, ids: new Set() };

export function useSelection(filter: string) {
  const [kept, setKept] = useState({ filter, selection: nothing });
  // Another filter matches other rows: nothing of them is ticked yet.
  const selection = kept.filter === filter ? kept.selection : nothing;
  const set = (next: Selection) => setKept({ filter, selection: next });
  return {
    selection,
    has: (id: string) => isTicked(selection, id),
    toggle: (id: string) => set({ ...selection, ids: toggled(selection.ids, id) }),
    everything: () => set({ all: true, ids: new Set() }),
    clear: () => set(nothing),
    empty: !selection.all && selection.ids.size === 0,
  };
}

export const isTicked = (selection: Selection, id: string): boolean => selection.all !== selection.ids.has(id);

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const out = new Set(ids);
  if (!out.delete(id)) {
    out.add(id);
  }
  return out;
}

// count is how many are ticked, where it is known how many match.
export function count(selection: Selection, matching: number | undefined): number | undefined {
  if (!selection.all) {
    return selection.ids.size;
  }
  return matching === undefined ? undefined : Math.max(0, matching - selection.ids.size);
}
