// What a list of dossiers is searched and filtered by; both stand in the
// address.
import { TextInput } from "@mantine/core";
import { Chips } from "../parts/chips";
import { useTyped } from "../parts/field";
import { filters, type DossierSearch } from "../router";
import { useWords } from "../words/words";
import type { Counts } from "./list";

type Filters = Pick<DossierSearch, "q" | "filter">;
type ToolsProps = { search: Filters; change: (part: Filters, replace?: boolean) => void; counts: Counts | undefined };

export function Tools({ search, change, counts }: ToolsProps) {
  const { t } = useWords();
  const field = useTyped(search.q ?? "", (text) => text !== (search.q ?? "") && change({ q: text || undefined }, true));
  const chips = [undefined, ...filters].map((filter) => ({ value: filter, text: t(`dossiers.filter.${filter ?? "UNSPECIFIED"}`), count: counts?.[filter ?? "ALL"] }));
  return (
    <div className="tools">
      <TextInput type="search" label={t("dossiers.search.hint")} {...field} />
      <Chips label={t("dossiers.filter")} chips={chips} chosen={search.filter} choose={(filter) => change({ filter })} />
    </div>
  );
}
