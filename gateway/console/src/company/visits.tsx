// Who is in the company's account now, ended with one press. Looked at again
// every few seconds: a visit begins and ends elsewhere.
import { Button, Stack, Text, Title } from "@mantine/core";
import { api, answer, type Api, type Schemas } from "../api/client";
import { lookEvery, pageSize, useChange, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

type Visit = Schemas["ClientVisit"];

export function Visits() {
  const { t } = useWords();
  const clientId = useHere();
  const list = usePages(["visits", clientId], (pageToken) =>
    answer(api.GET("/v1/clients/{clientId}/supportSessions", { params: { path: { clientId }, query: { pageSize, pageToken } } })), lookEvery);
  const rows = list.data?.pages.flatMap((page) => page.visits) ?? [];
  return (
    <section aria-label={t("visits.now")} aria-live="polite">
      <Title order={2} size="h3" mt="xl" mb="sm">{t("visits.now")}</Title>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("visits.nobody")}</Text>}
      <Stack gap="xs">{rows.map((one) => <Running key={one.supportSessionId} clientId={clientId} one={one} />)}</Stack>
    </section>
  );
}

const endCall = (clientId: string, one: Visit) => (to: Api) =>
  to.POST("/v1/clients/{clientId}/supportSessions/{supportSessionId}:end", { params: { path: { clientId, supportSessionId: one.supportSessionId } }, body: {} });

function Running({ clientId, one }: { clientId: string; one: Visit }) {
  const { t, moment } = useWords();
  const end = useChange((to) => answer(endCall(clientId, one)(to)), ["visits"]);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.collaboratorName}</Text>
        <small>{one.partnerName} · {one.productName}</small>
        {one.startTime && one.expireTime && <small>{t("visits.span", { from: moment(one.startTime), to: moment(one.expireTime) })}</small>}
        {one.reason && <small>{t("assistance.for", { reason: one.reason })}</small>}
        <Failure error={end.error} />
      </div>
      <AsCurl call={endCall(clientId, one)} />
      <Button color="red" variant="outline" loading={end.isPending} onClick={() => end.mutate(undefined)}>{t("visits.end_now")}</Button>
    </div>
  );
}
