// Without a network, says so at the top of every screen, and what still can be
// done; once it is back, what is in sight is read again.
import { Alert } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useWords } from "../words/words";

function watch(look: () => void) {
  const names = ["online", "offline"];
  names.forEach((name) => addEventListener(name, look));
  return () => names.forEach((name) => removeEventListener(name, look));
}

export function Away() {
  const { t } = useWords();
  const queries = useQueryClient();
  const online = useSyncExternalStore(watch, () => navigator.onLine);
  const was = useRef(online);
  useEffect(() => {
    if (online && !was.current) {
      void queries.invalidateQueries();
    }
    was.current = online;
  }, [online, queries]);
  return <div role="status">{!online && <Alert color="yellow" variant="outline" className="card" mb="md">{t("away.text")}</Alert>}</div>;
}
