// Vos partenaires: who is linked, which gives no access by itself; who waits
// for a word; who may ask for nothing any more; and the code to pass on.
import { Badge, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Blocked } from "./blocked";
import { useDone, type Done } from "../parts/done";
import { usePartners, type Partner } from "./links";
import { OwnCode } from "./own_code";

const PartnerSide = later(async () => (await import("./partner")).PartnerSide);

export function Partners() {
  const { t } = useWords();
  const { open } = useSearch({ from: "/partners" });
  const navigate = useNavigate({ from: "/partners" });
  const show = (id: string | undefined) => void navigate({ search: { open: id } });
  const { done, say } = useDone();
  const list = usePartners();
  const rows = list.data?.pages.flatMap((page) => page.partners) ?? [];
  const opened = rows.find((one) => one.dossierId === open);
  return (
    <>
      <Title order={1}>{t("links.title")}</Title>
      <Text c="dimmed" mb="md">{t("links.lead")}</Text>
      {done}
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isPending && <Skeleton height={120} radius="md" />}
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("partners.none")}</Text>}
      <Stack gap="xs">{rows.map((one) => <Row key={one.dossierId} one={one} open={() => show(one.dossierId)} say={say} />)}</Stack>
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
      <Blocked />
      <OwnCode />
      {opened && <PartnerSide key={opened.dossierId} partner={opened} close={() => show(undefined)} />}
    </>
  );
}

type RowProps = { one: Partner; open: () => void; say: (what: Done) => void };

function Row({ one, open, say }: RowProps) {
  const { t, day } = useWords();
  const over = one.state === "DOSSIER_STATE_ENDED";
  return (
    <div className="row">
      <div className="what">
        <button type="button" onClick={open}>{one.partnerName}</button>
        <small>{one.createTime && t("links.since", { at: day(one.createTime) })}</small>
      </div>
      {one.state !== "DOSSIER_STATE_ACTIVE" && <Badge variant="outline" className={`state ${over ? "soft" : "wait"}`}>{t(over ? "links.over" : "links.asked")}</Badge>}
      {one.state === "DOSSIER_STATE_PENDING" && <Answer one={one} say={say} />}
      {over && <Reopen one={one} say={say} />}
      {one.state === "DOSSIER_STATE_ACTIVE" && <Button variant="default" onClick={open}>{t("partners.see")}</Button>}
    </div>
  );
}

// Answer to a partner that asked to be linked, which gives no access.
function Answer({ one, say }: Omit<RowProps, "open">) {
  const { t } = useWords();
  const clientId = useHere();
  const at = { path: { clientId, dossierId: one.dossierId }, header: { "Idempotency-Key": useKey(one.dossierId) } };
  const accept = (to: Api) => to.POST("/v1/clients/{clientId}/partners/{dossierId}:accept", { params: at, body: {} });
  const decline = (to: Api) => to.POST("/v1/clients/{clientId}/partners/{dossierId}:decline", { params: at, body: {} });
  const yes = useChange((to) => answer<unknown>(accept(to)), ["partners"]);
  const no = useChange((to) => answer<unknown>(decline(to)), ["partners"]);
  return (
    <>
      <Group gap="xs">
        <AsCurl call={accept} />
        <Button variant="default" loading={no.isPending} onClick={() => no.mutate(undefined, { onSuccess: () => say({ text: t("links.declined") }) })}>{t("links.decline")}</Button>
        <Button loading={yes.isPending} onClick={() => yes.mutate(undefined, { onSuccess: () => say({ text: t("links.accepted") }) })}>{t("links.accept")}</Button>
      </Group>
      <Failure error={yes.error ?? no.error} />
    </>
  );
}

function Reopen({ one, say }: Omit<RowProps, "open">) {
  const { t } = useWords();
  const clientId = useHere();
  const key = useKey([one.dossierId, one.state]);
  const call = (to: Api) =>
    to.POST("/v1/clients/{clientId}/partners/{dossierId}:reopen", { params: { path: { clientId, dossierId: one.dossierId }, header: { "Idempotency-Key": key } }, body: {} });
  const reopen = useChange((to) => answer<unknown>(call(to)), ["partners"]);
  return (
    <>
      <AsCurl call={call} />
      <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate(undefined, { onSuccess: () => say({ text: t("links.reopened") }) })}>{t("links.reopen")}</Button>
      <Failure error={reopen.error} />
    </>
  );
}
