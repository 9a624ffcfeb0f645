// Passer le relais (R36): somebody else takes over, at one client or at all of
// a person's. Whoever holds the access keeps it until the yes, unless they are
// detached now.
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { answer, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { word } from "../parts/removal";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Results } from "./asking";
import { PersonSelect } from "./person";
import { SpanField } from "./span";

type Wish = Required<Schemas["HandOverInput"]>;

type Props = {
  from: { id: string; name: string };
  // rows are the assignments that are handed over, with their clients' names.
  rows: { id: string; clientName: string }[];
  // every says that all of the person's live ones are meant.
  every: boolean;
  close: () => void;
};

export function HandOver({ from, rows, every, close }: Props) {
  const { t } = useWords();
  const partnerId = useHere();
  const [wish, setWish] = useState<Wish>({ successorId: "", reason: "", proposedDuration: "", proposedLasting: false, detachNow: false, confirm: "" });
  const [dated, setDated] = useState(true);
  const key = useKey(wish);
  const call = (to: Api) =>
    to.POST("/v1/partners/{partnerId}/collaborators/{collaboratorId}:handOver", {
      params: { path: { partnerId, collaboratorId: from.id }, header: { "Idempotency-Key": key } },
      body: { assignmentIds: every ? [] : rows.map((one) => one.id), handOver: { ...wish, proposedDuration: wish.proposedDuration || undefined } },
    });
  const start = useChange((to) => answer(call(to)), ["dossiers", "collaborators"]);
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(undefined);
  };
  const ready = wish.successorId !== "" && dated && (!wish.detachNow || wish.confirm === word);
  return (
    <Modal opened onClose={close} closeOnClickOutside={!start.data} title={t("handover.title")} size="lg" closeButtonProps={{ "aria-label": t("site.close") }}>
      {start.data ? <Done results={start.data.results} rows={rows} close={close} /> : (
        <form noValidate onSubmit={submit}>
          <Stack>
            <Text>{t("handover.lead", { name: from.name })}</Text>
            <PersonSelect label={t("field.successor_id")} description={t("handover.successor.hint")} value={wish.successorId} choose={(successorId) => change({ successorId })} except={from.id} />
            <TextInput
              label={t("field.reason")} description={t("handover.reason.hint")} value={wish.reason} onChange={(event) => change({ reason: event.currentTarget.value })}
              error={fieldError(start.error, "handOver.reason")}
            />
            <SpanField value={wish.proposedDuration} choose={(proposedDuration, whole) => { change({ proposedDuration }); setDated(whole); }} error={start.error} asBefore={t("handover.as_before")} />
            <Checkbox label={t("handover.now", { name: from.name })} checked={wish.detachNow} onChange={(event) => change({ detachNow: event.currentTarget.checked, confirm: "" })} />
            {wish.detachNow && (
              <TextInput
                autoComplete="off" label={t("confirm.word")} value={wish.confirm} onChange={(event) => change({ confirm: event.currentTarget.value })}
                error={fieldError(start.error, "handOver.confirm")}
              />
            )}
            <Failure error={start.error} />
            <Group justify="space-between">
              <AsCurl call={call} />
              <Group>
                <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
                <Button type="submit" loading={start.isPending} disabled={!ready}>{t("handover.ask")}</Button>
              </Group>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

type DoneProps = { results: Schemas["HandOverResult"][]; rows: Props["rows"]; close: () => void };

function Done({ results, rows, close }: DoneProps) {
  const words = useWords();
  const names = new Map(rows.map((one) => [one.id, one.clientName]));
  const good = results.filter((one) => one.errorReason === "").length;
  return (
    <Stack>
      <Text role="status">{words.n("handover.done", good)}</Text>
      <Results rows={results.map((one) => ({ name: names.get(one.assignmentId) ?? one.assignmentId, bad: one.errorReason !== "", text: one.errorMessage || words.t("assign.good") }))} />
      <Group justify="end"><Button onClick={close}>{words.t("site.close")}</Button></Group>
    </Stack>
  );
}
