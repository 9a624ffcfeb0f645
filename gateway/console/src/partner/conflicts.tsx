// Conflits (R82 to R87): whom another partner had first, the ways out, and what
// others ask of us. Nobody learns who the other is.
import { Button, List, Stack, Text, Title } from "@mantine/core";
import { api, answer, type Api, type Schemas } from "../api/client";
import { pageSize, useChange, useKey, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { short } from "../parts/state";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";

type Conflict = Schemas["Conflict"];
type Release = Schemas["ReleaseRequest"];

const refreshed = ["conflicts"];

export function Conflicts() {
  const { t } = useWords();
  return (
    <>
      <Title order={1}>{t("menu.conflicts")}</Title>
      <Text c="dimmed">{t("conflict.lead")}</Text>
      <Second />
      <First />
    </>
  );
}

// Second are the people whom we have after somebody else.
function Second() {
  const { t } = useWords();
  const partnerId = useHere();
  const list = usePages(["conflicts", "second", partnerId], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/conflicts", { params: { path: { partnerId }, query: { pageSize, pageToken } } })));
  const rows = list.data?.pages.flatMap((page) => page.conflicts) ?? [];
  return (
    <section aria-label={t("menu.conflicts")}>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text mt="lg" c="dimmed">{t("conflict.none")}</Text>}
      <Stack gap="xs" mt="md">{rows.map((one) => <Ours key={one.assignmentId} partnerId={partnerId} one={one} />)}</Stack>
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
    </section>
  );
}

const askCall = (partnerId: string, one: Conflict, key: string) => (to: Api) =>
  to.POST("/v1/partners/{partnerId}/conflicts/{assignmentId}:requestRelease", {
    params: { path: { partnerId, assignmentId: one.assignmentId }, header: { "Idempotency-Key": key } }, body: {},
  });

function Ours({ partnerId, one }: { partnerId: string; one: Conflict }) {
  const { t, moment } = useWords();
  const key = useKey(one.assignmentId);
  const ask = useChange((to) => answer(askCall(partnerId, one, key)(to)), refreshed);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.collaboratorName} · {one.clientName}</Text>
        <Text size="sm">{one.message}</Text>
        <List size="sm" mt={4}>{one.waysOut.map((way) => <List.Item key={way}>{way}</List.Item>)}</List>
        {one.keepTime ? <small>{t("conflict.kept_at", { at: moment(one.keepTime) })}</small> : one.askTime && <small>{t("conflict.asked_at", { at: moment(one.askTime) })}</small>}
        <Failure error={ask.error} />
      </div>
      {one.kind === "CONFLICT_KIND_EXACT" && !one.askTime && (
        <>
          <AsCurl call={askCall(partnerId, one, key)} />
          <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate(undefined)}>{t("conflict.ask")}</Button>
        </>
      )}
    </div>
  );
}

// First are the people whom others ask us to let go.
function First() {
  const { t } = useWords();
  const partnerId = useHere();
  const list = usePages(["conflicts", "first", partnerId], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/releaseRequests", { params: { path: { partnerId }, query: { pageSize, pageToken } } })));
  const rows = list.data?.pages.flatMap((page) => page.releaseRequests) ?? [];
  return (
    <section aria-label={t("release.title")}>
      <Title order={2} size="h3" mt="xl">{t("release.title")}</Title>
      <Text c="dimmed" mb="sm">{t("release.hint")}</Text>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("release.none")}</Text>}
      <Stack gap="xs">{rows.map((one) => <Theirs key={one.id} partnerId={partnerId} one={one} />)}</Stack>
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
    </section>
  );
}

const keepCall = (partnerId: string, one: Release, key: string) => (to: Api) =>
  to.POST("/v1/partners/{partnerId}/releaseRequests/{releaseRequestId}:keep", {
    params: { path: { partnerId, releaseRequestId: one.id }, header: { "Idempotency-Key": key } }, body: {},
  });

function Theirs({ partnerId, one }: { partnerId: string; one: Release }) {
  const { t, moment } = useWords();
  const key = useKey(one.id);
  const keep = useChange((to) => answer(keepCall(partnerId, one, key)(to)), refreshed);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.collaboratorName} · {one.clientName}</Text>
        <small>{one.createTime && moment(one.createTime)}</small>
        <Failure error={keep.error} />
      </div>
      <Text size="sm">{t(`release.${short("RELEASE_REQUEST_STATE_", one.state)}` as Key)}</Text>
      {one.state === "RELEASE_REQUEST_STATE_OPEN" && (
        <>
          <AsCurl call={keepCall(partnerId, one, key)} />
          <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate(undefined)}>{t("release.keep")}</Button>
        </>
      )}
    </div>
  );
}
