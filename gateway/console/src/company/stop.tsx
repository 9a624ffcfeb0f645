// The question before an access is ended, or every access: one press, and what
// it did in numbers (R41).
import { Button, Group, List, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { answer, type Api } from "../api/client";
import type { Call } from "../api/curl";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { refreshed, type Consent } from "./consents";

const withdraw = (one: Consent, key: string) => (to: Api) =>
  to.POST("/v1/consents/{consentId}:withdraw", { params: { path: { consentId: one.id }, header: { "Idempotency-Key": key } }, body: {} });

type Props = { close: () => void; done: (text: string) => void };

// Stop asks about one access.
export function Stop({ one, close, done }: Props & { one: Consent }) {
  const { t } = useWords();
  const visits = useVisitsWords();
  const call = withdraw(one, useKey(one.id));
  const stop = useChange((to) => answer(call(to)), refreshed);
  const said = (ended: number) => t("stop.done", { who: one.collaboratorName, visits: visits(ended) });
  const act = () => stop.mutate(undefined, { onSuccess: (ended) => { close(); done(said(ended.supportSessionsEnded)); } });
  return (
    <Question title={t("stop.button")} keep={t("stop.keep")} busy={stop.isPending} error={stop.error} call={call} act={act} close={close}>
      <Text>{t("stop.lead", { who: one.collaboratorName, partner: one.partner?.legalName ?? "" })}</Text>
    </Question>
  );
}

const withdrawAll = (organizationId: string, key: string) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/consents:withdraw", { params: { path: { organizationId }, header: { "Idempotency-Key": key } }, body: {} });

// StopEvery asks about those of all partners at once.
export function StopEvery({ open, close, done }: Props & { open: Consent[] }) {
  const { t, n } = useWords();
  const visits = useVisitsWords();
  const call = withdrawAll(useHere(), useKey(open.map((one) => one.id)));
  const stop = useChange((to) => answer(call(to)), [...refreshed, "visits"]);
  const act = () => stop.mutate(undefined, {
    onSuccess: (ended) => { close(); done(`${n("stop_all.done", ended.consentsWithdrawn)} ${visits(ended.supportSessionsEnded)}`); },
  });
  return (
    <Question title={t("stop_all.title")} keep={t("stop_all.keep")} busy={stop.isPending} error={stop.error} call={call} act={act} close={close}>
      <Text>{t("stop_all.lead")}</Text>
      <List my="sm">{open.map((one) => <List.Item key={one.id}>{one.collaboratorName} · {one.partner?.legalName}</List.Item>)}</List>
    </Question>
  );
}

function useVisitsWords(): (ended: number) => string {
  const { t, n } = useWords();
  return (ended) => (ended === 0 ? t("stop.no_visit") : n("stop.visits", ended));
}

type QuestionProps = { title: string; keep: string; busy: boolean; error: unknown; call: Call; act: () => void; close: () => void; children: ReactNode };

function Question({ title, keep, busy, error, call, act, close, children }: QuestionProps) {
  const { t } = useWords();
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": t("site.close") }}>
      {children}
      <Failure error={error} />
      <Group mt="md" justify="space-between">
        <AsCurl call={call} />
        <Group>
          <Button variant="default" onClick={close}>{keep}</Button>
          <Button color="red" loading={busy} onClick={act}>{title}</Button>
        </Group>
      </Group>
    </Modal>
  );
}
