// Demander une prolongation: the client is asked again for somebody whose access
// runs, for longer or for more. Nothing changes before the yes.
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import type { Assignment } from "./list";
import { SpanField } from "./span";

type Props = { assignment: Assignment; client: string; close: () => void };

export function Extend({ assignment, client, close }: Props) {
  const { t } = useWords();
  const [wish, setWish] = useState({ reason: "", proposedDuration: "" });
  const [dated, setDated] = useState(true);
  const key = useKey([assignment.id, wish]);
  const call = (to: Api) =>
    to.POST("/v1/partners/{partnerId}/assignments/{assignmentId}:extend", {
      params: { path: { partnerId: assignment.partnerId, assignmentId: assignment.id }, header: { "Idempotency-Key": key } },
      body: { reason: wish.reason, proposedDuration: wish.proposedDuration || undefined },
    });
  const extend = useChange((to) => answer(call(to)), ["dossiers"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    extend.mutate(undefined);
  };
  return (
    <Modal opened onClose={close} title={t("extend.title")} size="lg" closeButtonProps={{ "aria-label": t("site.close") }}>
      {extend.data ? (
        <Stack>
          <Text role="status">{t("extend.done", { client })}</Text>
          <Group justify="end"><Button onClick={close}>{t("site.close")}</Button></Group>
        </Stack>
      ) : (
        <form noValidate onSubmit={submit}>
          <Stack>
            <Text>{t("extend.lead", { name: assignment.collaboratorName, client })}</Text>
            <TextInput
              label={t("field.reason")} description={t("handover.reason.hint")} value={wish.reason} error={fieldError(extend.error, "reason")}
              onChange={(event) => setWish({ ...wish, reason: event.currentTarget.value })}
            />
            <SpanField
              value={wish.proposedDuration} error={extend.error} asBefore={t("handover.as_before")}
              choose={(proposedDuration, whole) => { setWish({ ...wish, proposedDuration }); setDated(whole); }}
            />
            <Failure error={extend.error} />
            <Group justify="space-between">
              <AsCurl call={call} />
              <Group>
                <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
                <Button type="submit" loading={extend.isPending} disabled={!dated}>{t("extend.ask")}</Button>
              </Group>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
