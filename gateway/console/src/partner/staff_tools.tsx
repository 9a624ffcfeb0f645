// What the list of collaborators is searched and filtered by; all of it stands
// in the address.
import { TextInput } from "@mantine/core";
import { Chips } from "../parts/chips";
import { useTyped } from "../parts/field";
import { staffFilters, staffTags, type CollaboratorSearch, type StaffFilter } from "../router";
import { useWords, type Key } from "../words/words";
import type { StaffCounts } from "./staff";

type Props = { search: CollaboratorSearch; change: (part: CollaboratorSearch, replace?: boolean) => void; counts: StaffCounts | undefined };

const filterWord = (filter: StaffFilter | undefined): Key =>
  filter === "INVITED" || filter === "UNASSIGNED" ? `collaborators.filter.${filter}` : `dossiers.filter.${filter ?? "UNSPECIFIED"}`;

export function StaffTools({ search, change, counts }: Props) {
  const { t } = useWords();
  const field = useTyped(search.q ?? "", (text) => text !== (search.q ?? "") && change({ q: text || undefined }, true));
  const filters = [undefined, ...staffFilters].map((filter) => ({ value: filter, text: t(filterWord(filter)), count: counts?.[filter ?? "ALL"] }));
  const tags = [undefined, ...staffTags].map((tag) => ({ value: tag, text: t(tag ? `tag.TAG_KIND_${tag === "NONE" ? "UNSPECIFIED" : tag}` : "tag.all") }));
  return (
    <div className="tools">
      <TextInput type="search" label={t("field.person")} {...field} />
      <Chips label={t("dossiers.filter")} chips={filters} chosen={search.filter} choose={(filter) => change({ filter })} />
      <Chips label={t("tag.title")} chips={tags} chosen={search.tag} choose={(tag) => change({ tag })} />
    </div>
  );
}
