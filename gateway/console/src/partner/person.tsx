// A field for one of the partner's people who can be assigned (R19), found by
// name.
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer } from "../api/client";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

type Props = { label: string; description?: string; value: string; choose: (id: string) => void; except?: string; clearable?: boolean };

export function PersonSelect({ label, description, value, choose, except, clearable }: Props) {
  const { t } = useWords();
  const partnerId = useHere();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 200);
  const people = useQuery({
    queryKey: ["collaborators", partnerId, "ready", search], placeholderData: keepPreviousData,
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/collaborators", {
      params: { path: { partnerId }, query: { state: "COLLABORATOR_STATE_READY", search: value ? undefined : search || undefined, pageSize: 50 } },
    })),
  });
  const data = (people.data?.collaborators ?? []).filter((one) => one.id !== except).map((one) => ({
    value: one.id, label: `${one.givenName} ${one.familyName} (${one.email})`,
  }));
  return (
    <Select
      label={label} description={description} placeholder={t("assign.choose")} data={data} value={value || null} onChange={(id) => choose(id ?? "")}
      searchable searchValue={typed} onSearchChange={setTyped} nothingFoundMessage={t("assign.nobody")} clearable={clearable}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
