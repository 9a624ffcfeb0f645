// Every access ended at once (R41), of all partners.
import { Button } from "@mantine/core";
import { useState } from "react";
import { later } from "../parts/later";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { useAll } from "./consents";

const StopEvery = later(async () => (await import("./stop")).StopEvery);

export function StopAll({ done }: { done: (text: string) => void }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const open = useAll(useHere()).data?.consents.filter((one) => one.state === "CONSENT_STATE_GIVEN") ?? [];
  if (open.length < 2 && !asking) {
    return null; // one has its own button
  }
  return (
    <>
      <Button mt="sm" color="red" variant="outline" onClick={() => setAsking(true)}>{t("stop_all.title")}</Button>
      {asking && <StopEvery open={open} close={() => setAsking(false)} done={done} />}
    </>
  );
}
