// Visites en cours: who of the partner is at a client's now; whoever visits ends
// their own, an administrator any.
import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { lookEvery, pageSize, useChange, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { endVisit } from "./enter";

type Visit = Schemas["SupportSession"];

export function PartnerVisits() {
  const { t } = useWords();
  const partnerId = useHere();
  const list = usePages(["visits", partnerId], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/supportSessions", { params: { path: { partnerId }, query: { live: true, pageSize, pageToken } } })), lookEvery);
  const rows = list.data?.pages.flatMap((page) => page.supportSessions) ?? [];
  return (
    <>
      <Title order={1}>{t("menu.visits")}</Title>
      <Text c="dimmed" mb="md">{t("visits.lead")}</Text>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("visits.none")}</Text>}
      <Stack gap="xs" aria-live="polite">{rows.map((one) => <Running key={one.id} one={one} />)}</Stack>
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
    </>
  );
}

function Running({ one }: { one: Visit }) {
  const { t, moment } = useWords();
  const { client, person } = useNames(one);
  const end = useChange((to) => answer(endVisit(one)(to)), ["visits"]);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{client}</Text>
        <small>{person}</small>
        {one.startTime && one.expireTime && <small>{t("visits.span", { from: moment(one.startTime), to: moment(one.expireTime) })}</small>}
        {one.reason && <small>{t("assistance.for", { reason: one.reason })}</small>}
        <Failure error={end.error} />
      </div>
      <AsCurl call={endVisit(one)} />
      <Button variant="default" loading={end.isPending} aria-label={t("visits.label", { client })} onClick={() => end.mutate(undefined)}>{t("visits.stop")}</Button>
    </div>
  );
}

// useNames: a visit names its dossier, and the dossier has the words.
function useNames(one: Visit): { client: string; person: string } {
  const dossier = useQuery({
    queryKey: ["dossiers", one.partnerId, "one", one.dossierId],
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/dossiers/{dossierId}", { params: { path: { partnerId: one.partnerId, dossierId: one.dossierId } } })),
  });
  const assigned = dossier.data?.assignments.find((each) => each.collaboratorId === one.collaboratorId);
  return { client: dossier.data?.clientName ?? "", person: assigned?.collaboratorName ?? "" };
}
