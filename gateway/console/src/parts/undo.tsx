// Undo: what can be taken back is done at once, without a question, and offered
// to be taken back for a while. One offer at a time, the newest.
import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, answer, type Api } from "../api/client";
import { makeStore } from "../api/store";
import { useWords } from "../words/words";
import { Failure } from "./failure";

type Undoing = (to: Api) => Promise<{ data?: unknown; error?: unknown }>;

type Offer = { text: string; undo: Undoing; after?: () => void };

const patience = 15_000;

const offered = makeStore<Offer | null>(null);

// offerUndo says what was done, and by which call it is taken back; after that
// the screen that made the offer may have something to do, if it is still there.
export const offerUndo = (text: string, undo: Undoing, after?: () => void): void => offered.set({ text, undo, after });

// Undo is the place where the offer stands, once in the shell. It waits longer
// while it has the focus or the pointer.
export function Undo() {
  const offer = offered.use();
  return <div role="status" className="undone">{offer && <Standing key={offer.text} offer={offer} />}</div>;
}

function Standing({ offer }: { offer: Offer }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [held, setHeld] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (held || busy || error !== null) {
      return;
    }
    const timer = setTimeout(() => offered.get() === offer && offered.set(null), patience);
    return () => clearTimeout(timer);
  }, [held, busy, error, offer]);
  const undo = () => {
    setBusy(true);
    answer<unknown>(offer.undo(api)).then(() => {
      offered.set(null);
      offer.after?.();
      void queries.invalidateQueries();
    }, setError).finally(() => setBusy(false));
  };
  return (
    <div className="bulk" onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
      <Text>{offer.text}</Text>
      <Button size="compact-md" variant="default" loading={busy} onClick={undo}>{t("collaborator.undo")}</Button>
      <Button size="compact-md" variant="subtle" onClick={() => offered.set(null)}>{t("site.close")}</Button>
      <Failure error={error} />
    </div>
  );
}
