// Activité (R71): who of the partner was at which client's, when and why; a
// collaborator sees their own visits.
import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { everyPage, pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { administers, useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { fullName } from "./collaborators";

type Visit = Schemas["SupportSession"] & { client: string };

export function Activity() {
  const { t } = useWords();
  const partnerId = useHere();
  const list = usePages(["visits", partnerId, "all"], (token) => readVisits(partnerId, token));
  const names = useNames(partnerId);
  const rows = list.data?.pages.flatMap((page) => page.visits) ?? [];
  return (
    <>
      <Title order={1}>{t("menu.activity")}</Title>
      <Text c="dimmed" mb="md">{t("activity.lead")}</Text>
      <Failure error={list.error} again={() => void list.refetch()} />
      <Rows
        label={t("menu.activity")} rows={rows} id={(one) => one.id} height={86} loading={list.isPending} row={(one) => <Row one={one} who={names(one.collaboratorId)} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
      />
      {list.isSuccess && rows.length === 0 && <Text mt="lg" c="dimmed">{t("activity.none")}</Text>}
    </>
  );
}

// readVisits reads a page, and the names of the clients in it by one call more.
async function readVisits(partnerId: string, pageToken: string): Promise<{ visits: Visit[]; nextPageToken: string }> {
  const path = { partnerId };
  const page = await answer(api.GET("/v1/partners/{partnerId}/supportSessions", { params: { path, query: { pageSize, pageToken } } }));
  const dossierIds = [...new Set(page.supportSessions.map((one) => one.dossierId))];
  const named = dossierIds.length === 0 ? [] : (await answer(api.GET("/v1/partners/{partnerId}/dossiers", { params: { path, query: { dossierIds, pageSize } } }))).dossiers;
  const names = new Map(named.map((one) => [one.id, one.clientName]));
  return { visits: page.supportSessions.map((one) => ({ ...one, client: names.get(one.dossierId) ?? "" })), nextPageToken: page.nextPageToken };
}

// useNames are everybody's, for administrators; a collaborator sees their own
// visits alone.
function useNames(partnerId: string): (collaboratorId: string) => string {
  const here = useWho().data?.here;
  const people = useQuery({
    queryKey: ["collaborators", partnerId, "names"], enabled: here !== undefined && administers(here),
    queryFn: async () => {
      const names = new Map<string, string>();
      await everyPage(
        (pageToken) => answer(api.GET("/v1/partners/{partnerId}/collaborators", { params: { path: { partnerId }, query: { pageSize, pageToken } } })),
        (page) => page.collaborators.forEach((one) => names.set(one.id, fullName(one))),
      );
      return names;
    },
  });
  const own = here === undefined || administers(here) ? "" : fullName(here);
  return (id) => people.data?.get(id) ?? own;
}

function Row({ one, who }: { one: Visit; who: string }) {
  const { t, moment, ago } = useWords();
  const end = one.endTime ?? one.expireTime ?? "";
  const running = one.endTime === null && Date.parse(end) > Date.now();
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{who} · {one.client}</Text>
        {one.reason && <small>{t("assistance.for", { reason: one.reason })}</small>}
        <small>{t(running ? "visits.span" : "activity.span", { from: moment(one.startTime ?? ""), to: moment(end) })}</small>
      </div>
      {running ? <span className="state good">{t("activity.running")}</span> : <Text size="sm" c="dimmed">{ago(end)}</Text>}
    </div>
  );
}
