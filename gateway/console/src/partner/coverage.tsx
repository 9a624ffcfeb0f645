// Couverture: who helps which clients, as a grid to paint, as a graph, and how
// many of the requests became an access.
import { Button, Group, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api, answer } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { coverageViews, type CoverageSearch } from "../router";
import { useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { Asking } from "./asking";
import { fullName } from "./collaborators";
import { Funnel } from "./funnel";
import { Graph } from "./graph";
import { matching, useCounts, useDossiers } from "./list";
import { Matrix, type Column } from "./matrix";
import { byPerson, usePainting, type Painting } from "./painting";
import { Tools } from "./tools";

export function Coverage() {
  const { t } = useWords();
  const search = useSearch({ from: "/coverage" });
  const navigate = useNavigate({ from: "/coverage" });
  const change = (part: CoverageSearch, replace = false) => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  return (
    <>
      <Title order={1}>{t("menu.coverage")}</Title>
      <Text c="dimmed">{t("coverage.lead")}</Text>
      <div className="chips" role="group" aria-label={t("coverage.view")} style={{ margin: "1rem 0" }}>
        {[undefined, ...coverageViews].map((view) => (
          <Button key={view ?? "grid"} variant={search.view === view ? "filled" : "default"} aria-pressed={search.view === view} onClick={() => change({ view })}>
            {t(`coverage.${view ?? "grid"}`)}
          </Button>
        ))}
      </div>
      {search.view === "funnel" ? <Funnel /> : <Dossiers search={search} change={change} />}
    </>
  );
}

type DossiersProps = { search: CoverageSearch; change: (part: CoverageSearch, replace?: boolean) => void };

function Dossiers({ search, change }: DossiersProps) {
  const { t } = useWords();
  const partnerId = useHere();
  const { list, rows } = useDossiers(partnerId, search);
  const counts = useCounts(partnerId, true);
  const people = useReady(partnerId);
  const painting = usePainting();
  const total = matching(search, counts.data, { rows: rows.length, more: list.hasNextPage });
  const partner = useWho().data?.here?.organization?.identification?.legalName ?? "";
  const none = (list.isSuccess && rows.length === 0 && t("dossiers.none.match")) || (people.list.isSuccess && people.columns.length === 0 && t("assign.nobody"));
  return (
    <>
      <Tools search={search} change={change} counts={counts.data} />
      <Failure error={list.error ?? people.list.error} again={() => void Promise.all([list.refetch(), people.list.refetch()])} />
      {none && <Text mt="lg" c="dimmed">{none}</Text>}
      {!none && search.view === "graph" && <Graph partner={partner} rows={rows} />}
      {!none && search.view === undefined && <Matrix rows={rows} total={total} columns={people.columns} more={list} morePeople={people.list} painting={painting} />}
      {painting.pairs.size > 0 && <Painted painting={painting} />}
    </>
  );
}

// useReady are the people who can be assigned (R19).
function useReady(partnerId: string) {
  const list = usePages(["collaborators", partnerId, "columns"], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/collaborators", { params: { path: { partnerId }, query: { state: "COLLABORATOR_STATE_READY", pageSize, pageToken } } })));
  const columns = useMemo((): Column[] =>
    list.data?.pages.flatMap((page) => page.collaborators).filter((one) => one.suspendTime === null).map((one) => ({ id: one.id, name: fullName(one) })) ?? [], [list.data]);
  return { list, columns };
}

function Painted({ painting }: { painting: Painting }) {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  const pairs = byPerson(painting.pairs);
  return (
    <div className="bulk" role="region" aria-label={words.t("assign.title")}>
      <Text fw={600} aria-live="polite">{words.n("coverage.painted", pairs.length)}</Text>
      <Group gap="xs">
        <Button onClick={() => setAsking(true)}>{words.t("assign.title")}</Button>
        <Button variant="subtle" onClick={painting.clear}>{words.t("coverage.clear")}</Button>
      </Group>
      {asking && (
        <Asking
          shown={pairs.filter((one) => one.collaboratorId === pairs[0]!.collaboratorId)} all={() => Promise.resolve(pairs)} ready
          close={() => { setAsking(false); painting.clear(); }} keep={() => setAsking(false)}
        />
      )}
    </div>
  );
}
