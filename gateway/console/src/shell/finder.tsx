// ⌘K: one field for every place, and for every dossier and collaborator by
// name; it is loaded when it is first asked for.
import { Button, Kbd } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { later } from "../parts/later";
import { useWords } from "../words/words";
import type { Context } from "./who";

const Search = later(async () => (await import("./search")).Search);

export function Finder({ here }: { here: Context | undefined }) {
  const { t } = useWords();
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([["mod+K", open]], []);
  return (
    <>
      <Button variant="default" c="dimmed" fw={400} px="sm" onClick={open} rightSection={<Kbd size="xs" visibleFrom="sm" aria-hidden>⌘K</Kbd>}>
        <span aria-hidden className="glass">⌕</span><span className="wide">{t("finder.title")}</span>
      </Button>
      {opened && here && <Search here={here} close={close} />}
    </>
  );
}
