// What a list of dossiers is searched and filtered by; both stand in the
// address.
import { Button, TextInput } from "@mantine/core";
import { useTyped } from "../parts/field";
import { filters, type DossierSearch, type Filter } from "../router";
import { useWords } from "../words/words";
import type { Counts } from "./list";

type Filters = Pick<DossierSearch, "q" | "filter">;
type ToolsProps = { search: Filters; change: (part: Filters, replace?: boolean) => void; counts: Counts | undefined };

export function Tools({ search, change, counts }: ToolsProps) {
  const { t } = useWords();
  const field = useTyped(search.q ?? "", (text) => text !== (search.q ?? "") && change({ q: text || undefined }, true));
  const chip = (filter: Filter | undefined) => (
    <Button
      key={filter ?? "ALL"} size="compact-sm" fw={500} variant={search.filter === filter ? "filled" : "default"} aria-pressed={search.filter === filter}
      onClick={() => change({ filter })}
    >
      {t(`dossiers.filter.${filter ?? "UNSPECIFIED"}`)}{counts && ` (${counts[filter ?? "ALL"]})`}
    </Button>
  );
  return (
    <div className="tools">
      <TextInput type="search" label={t("dossiers.search.hint")} {...field} />
      <div className="chips" role="group" aria-label={t("dossiers.filter")}>{[undefined, ...filters].map(chip)}</div>
    </div>
  );
}
