// Partners that may ask for nothing any more, and how one gets there and back.
import { Button, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { newKey, pageSize, useChange } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { offerUndo } from "../parts/undo";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";

type Block = Schemas["PartnerBlock"];

const reasons = ["", "unknown_partner", "unknown_person", "not_needed", "other"] as const;

type Reason = (typeof reasons)[number];

const refreshed = ["blocks", "partners", "consents"];

const at = (organizationId: string, partnerId: string) => ({ path: { organizationId, partnerId }, header: { "Idempotency-Key": newKey() } });

const blockCall = (organizationId: string, partnerId: string, reason: Reason) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/partners/{partnerId}:block", { params: at(organizationId, partnerId), body: { reason } });

const unblockCall = (organizationId: string, partnerId: string) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/partners/{partnerId}:unblock", { params: at(organizationId, partnerId), body: {} });

export function useBlocks() {
  const organizationId = useHere();
  return useQuery({
    queryKey: ["blocks", organizationId],
    queryFn: () => answer(api.GET("/v1/organizations/{organizationId}/partner-blocks", { params: { path: { organizationId }, query: { pageSize } } })),
  });
}

// useBlocking blocks and unblocks a partner; each takes the other back.
function useBlocking(partnerId: string) {
  const { t, n } = useWords();
  const organizationId = useHere();
  const blocked = useChange((to, reason: Reason) => answer(blockCall(organizationId, partnerId, reason)(to)), refreshed);
  const unblocked = useChange((to) => answer(unblockCall(organizationId, partnerId)(to)), refreshed);
  return {
    block: (reason: Reason) => blocked.mutate(reason, {
      onSuccess: (ended) => offerUndo(n("partners.blocked", ended.requestsCancelled), unblockCall(organizationId, partnerId)),
    }),
    unblock: () => unblocked.mutate(undefined, { onSuccess: () => offerUndo(t("links.unblocked"), blockCall(organizationId, partnerId, "")) }),
    busy: blocked.isPending || unblocked.isPending, error: blocked.error ?? unblocked.error,
  };
}

export function Blocked() {
  const { t } = useWords();
  const list = useBlocks();
  const blocks = list.data?.blocks ?? [];
  if (blocks.length === 0) {
    return <Failure error={list.error} again={() => void list.refetch()} />;
  }
  return (
    <section aria-label={t("links.blocked")}>
      <Title order={2} size="h3" mt="xl">{t("links.blocked")}</Title>
      <Text c="dimmed" mb="sm">{t("links.blocked.hint")}</Text>
      <Stack gap="xs">{blocks.map((one) => <Row key={one.partnerId} one={one} />)}</Stack>
    </section>
  );
}

function Row({ one }: { one: Block }) {
  const { t, day } = useWords();
  const organizationId = useHere();
  const { unblock, busy, error } = useBlocking(one.partnerId);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.partnerName}</Text>
        <small>{one.blockTime && t("links.blocked.since", { at: day(one.blockTime), who: one.actorName })}</small>
        {one.reason && <small>{t(`why.${one.reason}` as Key)}</small>}
        <Failure error={error} />
      </div>
      <AsCurl call={unblockCall(organizationId, one.partnerId)} />
      <Button variant="default" loading={busy} onClick={unblock}>{t("links.unblock")}</Button>
    </div>
  );
}

// Blocking stands on a partner's sheet.
export function Blocking({ partnerId }: { partnerId: string }) {
  const { t } = useWords();
  const organizationId = useHere();
  const [reason, setReason] = useState<Reason>("");
  const blocked = useBlocks().data?.blocks.some((one) => one.partnerId === partnerId) ?? false;
  const { block, unblock, busy, error } = useBlocking(partnerId);
  return (
    <Stack gap="xs" align="start">
      <Title order={2} size="h4">{t("partners.block")}</Title>
      <Text size="sm" c="dimmed">{t(blocked ? "links.blocked.hint" : "partners.block.hint")}</Text>
      {!blocked && (
        <NativeSelect
          label={t("field.why")} value={reason} onChange={(event) => setReason(event.currentTarget.value as Reason)}
          data={reasons.map((one) => ({ value: one, label: t(one === "" ? "why.none" : `why.${one}`) }))}
        />
      )}
      <Failure error={error} />
      <div className="chips">
        <Button variant="default" loading={busy} onClick={() => (blocked ? unblock() : block(reason))}>{t(blocked ? "links.unblock" : "partners.block")}</Button>
        <AsCurl call={blocked ? unblockCall(organizationId, partnerId) : blockCall(organizationId, partnerId, reason)} />
      </div>
    </Stack>
  );
}
