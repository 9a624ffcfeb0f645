// Going into a client's account (R29), and out again. Without a yes the client
// is asked once more (R28).
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { lookEvery, pageSize, useChange, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import type { Dossier } from "./list";

type Visit = Schemas["SupportSession"];

// Enter asks for a ticket's number and a reason, which the client reads as one
// text.
export function Enter({ dossier }: { dossier: Dossier }) {
  const { t } = useWords();
  const [ticket, setTicket] = useState("");
  const [why, setWhy] = useState("");
  const reason = [ticket.trim(), why.trim()].filter(Boolean).join(" · ");
  const call = (to: Api) =>
    to.POST("/v1/partners/{partnerId}/dossiers/{dossierId}:enter", {
      params: { path: { partnerId: dossier.partnerId, dossierId: dossier.id } }, body: { reason },
    });
  const enter = useChange((to) => answer(call(to)), ["visits"]);
  useAgainOnReturn(enter.reset);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate(undefined, { onSuccess: (visit) => window.location.assign(visit.redirectUrl) });
  };
  return (
    <form noValidate onSubmit={submit}>
      <Text size="sm" c="dimmed" mb="xs">{t("enter.hint")}</Text>
      <Group align="start" grow preventGrowOverflow={false}>
        <TextInput label={t("field.ticket")} value={ticket} onChange={(event) => setTicket(event.currentTarget.value)} />
        <TextInput
          label={t("field.reason")} value={why} onChange={(event) => setWhy(event.currentTarget.value)} error={fieldError(enter.error, "reason")}
        />
      </Group>
      <Failure error={enter.error} />
      <Group mt="sm"><Button type="submit" loading={enter.isPending} disabled={enter.isSuccess}>{t("enter.button")}</Button><AsCurl call={call} /></Group>
    </form>
  );
}

// useAgainOnReturn: who comes back from the product by the back button finds
// the form as it was before, not on its way out.
function useAgainOnReturn(reset: () => void) {
  useEffect(() => {
    const shown = (event: PageTransitionEvent) => event.persisted && reset();
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, [reset]);
}

// Inside are the visits that run in a dossier; a collaborator sees their own
// alone.
export function Inside({ dossier, own }: { dossier: Dossier; own: boolean }) {
  const { partnerId } = dossier;
  const list = usePages(["visits", partnerId, dossier.id], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/supportSessions", { params: { path: { partnerId }, query: { live: true, dossierId: dossier.id, pageSize, pageToken } } })), lookEvery);
  const here = list.data?.pages.flatMap((page) => page.supportSessions) ?? [];
  return <Stack gap="xs" aria-live="polite">{here.map((one) => <Running key={one.id} visit={one} dossier={dossier} own={own} />)}</Stack>;
}

export const endVisit = (one: Visit) => (to: Api) =>
  to.POST("/v1/partners/{partnerId}/supportSessions/{supportSessionId}:end", { params: { path: { partnerId: one.partnerId, supportSessionId: one.id } }, body: {} });

function Running({ visit, dossier, own }: { visit: Visit; dossier: Dossier; own: boolean }) {
  const { t, moment } = useWords();
  const end = useChange((to) => answer(endVisit(visit)(to)), ["visits"]);
  const who = dossier.assignments.find((one) => one.collaboratorId === visit.collaboratorId)?.collaboratorName ?? t("visit.somebody");
  const span = { from: moment(visit.startTime ?? ""), to: moment(visit.expireTime ?? "") };
  return (
    <div className="row">
      <div className="what">
        <Text>{own ? t("enter.inside", span) : t("visit.other", { who, ...span })}</Text>
        {visit.reason && <small>{t("assistance.for", { reason: visit.reason })}</small>}
        <Failure error={end.error} />
      </div>
      <AsCurl call={endVisit(visit)} />
      <Button variant="default" loading={end.isPending} onClick={() => end.mutate(undefined)}>{t(own ? "enter.done" : "visits.stop")}</Button>
    </div>
  );
}
