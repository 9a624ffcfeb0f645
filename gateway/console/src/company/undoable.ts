// What was done and can be taken back by one call: the offer to do so outlives
// the screen that made it.
import { useQueryClient } from "@tanstack/react-query";
import { api, answer, type Api } from "../api/client";
import { offerUndo } from "../parts/undo";

type Call = (to: Api) => Promise<{ data?: unknown; error?: unknown }>;

// useUndoable gives a function from what was done to the offer; lists of these
// names are read again afterwards.
export function useUndoable(refreshes: readonly string[]) {
  const queries = useQueryClient();
  return (text: string, back: Call, after?: () => void) => offerUndo(text, async () => {
    await answer(back(api));
    after?.();
    await Promise.all(refreshes.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  });
}
