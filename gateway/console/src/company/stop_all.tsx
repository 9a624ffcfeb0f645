// Every access ended at once (R41), of all partners.
import { Button, Group, List, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { refreshed, useAll, type Consent } from "./consents";

export function StopAll({ done }: { done: (text: string) => void }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const open = useAll(useHere()).data?.consents.filter((one) => one.state === "CONSENT_STATE_GIVEN") ?? [];
  if (open.length < 2 && !asking) {
    return null; // one has its own button
  }
  return (
    <>
      <Button mt="sm" color="red" variant="outline" onClick={() => setAsking(true)}>{t("stop_all.title")}</Button>
      {asking && <Ask open={open} close={() => setAsking(false)} done={done} />}
    </>
  );
}

function Ask({ open, close, done }: { open: Consent[]; close: () => void; done: (text: string) => void }) {
  const { t, n } = useWords();
  const organizationId = useHere();
  const key = useKey(open.map((one) => one.id));
  const call = (to: Api) => to.POST("/v1/organizations/{organizationId}/consents:withdraw", { params: { path: { organizationId }, header: { "Idempotency-Key": key } }, body: {} });
  const stop = useChange((to) => answer(call(to)), [...refreshed, "visits"]);
  const said = (accesses: number, visits: number) => `${n("stop_all.done", accesses)} ${visits === 0 ? t("stop.no_visit") : n("stop.visits", visits)}`;
  const act = () => stop.mutate(undefined, { onSuccess: (ended) => { close(); done(said(ended.consentsWithdrawn, ended.supportSessionsEnded)); } });
  return (
    <Modal opened onClose={close} title={t("stop_all.title")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <Text>{t("stop_all.lead")}</Text>
      <List my="sm">{open.map((one) => <List.Item key={one.id}>{one.collaboratorName} · {one.partner?.legalName}</List.Item>)}</List>
      <Failure error={stop.error} />
      <Group mt="md" justify="space-between">
        <AsCurl call={call} />
        <Group>
          <Button variant="default" onClick={close}>{t("stop_all.keep")}</Button>
          <Button color="red" loading={stop.isPending} onClick={act}>{t("stop_all.title")}</Button>
        </Group>
      </Group>
    </Modal>
  );
}
