// Undo: what can be taken back is done at once, without a question, and offered
// to be taken back for a while. One offer at a time, the newest.
import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { makeStore } from "../api/store";
import { useWords } from "../words/words";
import { Failure } from "./failure";

type Offer = { text: string; undo: () => Promise<unknown> };

const patience = 15_000;

const offered = makeStore<Offer | null>(null);

// offerUndo says what was done, and how to take it back.
export const offerUndo = (text: string, undo: () => Promise<unknown>): void => offered.set({ text, undo });

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
    offer.undo().then(() => {
      offered.set(null);
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
