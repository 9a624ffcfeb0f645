// A search field that writes itself into the address once typing pauses.
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

export function useTyped(kept: string, keep: (text: string) => void) {
  const [typed, setTyped] = useState(kept);
  const [settled] = useDebouncedValue(typed, 250);
  const latest = useRef(keep);
  latest.current = keep;
  const said = useRef(kept);
  useEffect(() => {
    said.current = settled;
    latest.current(settled);
  }, [settled]);
  // The address may change by itself: by the way back, by a link to the list.
  useEffect(() => {
    if (kept !== said.current) {
      said.current = kept;
      setTyped(kept);
    }
  }, [kept]);
  return { value: typed, onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value) };
}
