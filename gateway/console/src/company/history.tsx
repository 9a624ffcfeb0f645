// Plus > Historique (R110): what touched the company, by whom and when, in
// sentences; by subject and time, which stand in the address.
import { Anchor, Group, NativeSelect, Text, TextInput, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { historyKinds, type HistorySearch } from "../router";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { midnight } from "./days";

type Entry = Schemas["HistoryEntry"];

export function History() {
  const { t } = useWords();
  const search = useSearch({ from: "/history" });
  const list = useHistory(useHere(), search);
  const rows = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const filtered = Object.values(search).some((one) => one !== undefined);
  return (
    <>
      <Title order={1}>{t("menu.history")}</Title>
      <Text c="dimmed">{t("history.lead")}</Text>
      <Tools search={search} />
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      <Rows
        label={t("menu.history")} rows={rows} id={(one) => one.id} height={74} loading={list.isPending} row={(one) => <Row one={one} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
      />
      {list.isSuccess && rows.length === 0 && <Text mt="lg" c="dimmed">{t(filtered ? "history.none.filtered" : "history.none")}</Text>}
    </>
  );
}

function useHistory(organizationId: string, search: HistorySearch) {
  return usePages(["history", organizationId, search.kind, search.from, search.to], (pageToken) =>
    answer(api.GET("/v1/organizations/{organizationId}/history", {
      params: {
        path: { organizationId },
        query: { kind: search.kind && (`HISTORY_KIND_${search.kind}` as const), startTime: midnight(search.from, 0), endTime: midnight(search.to, 1), pageSize, pageToken },
      },
    })));
}

function Tools({ search }: { search: HistorySearch }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/history" });
  const change = (part: HistorySearch) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const day = (name: "from" | "to", label: Key) => (
    <TextInput type="date" label={t(label)} value={search[name] ?? ""} onChange={(event) => change({ [name]: event.currentTarget.value || undefined })} />
  );
  return (
    <div className="tools">
      <NativeSelect
        label={t("history.subject")} value={search.kind ?? ""} onChange={(event) => change({ kind: historyKinds.find((one) => one === event.currentTarget.value) })}
        data={[{ value: "", label: t("history.every_kind") }, ...historyKinds.map((one) => ({ value: one, label: t(`history.${one}`) }))]}
      />
      {day("from", "history.from")}
      {day("to", "history.to")}
      <Group gap="md">
        <Anchor href="/history.csv">{t("history.csv")}</Anchor>
        <Anchor href="/history.json">{t("history.json")}</Anchor>
      </Group>
    </div>
  );
}

function Row({ one }: { one: Entry }) {
  const { t, moment } = useWords();
  return (
    <div className="row">
      <div className="what">
        <Text>{one.sentence}</Text>
        <small>{one.actorName}{one.actingForName && ` · ${t("history.for", { org: one.actingForName })}`}</small>
      </div>
      {one.time && <Text size="sm" c="dimmed">{moment(one.time)}</Text>}
    </div>
  );
}
