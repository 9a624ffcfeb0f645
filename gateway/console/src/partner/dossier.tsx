// One dossier, beside the list: who is assigned, since when, until when; enter
// and detach.
import { Button, Drawer, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api } from "../api/client";
import { pageSize, useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { Removal, word } from "../parts/removal";
import { short, State } from "../parts/state";
import { administers, useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { Lanes } from "./lanes";
import type { Assignment, Dossier } from "./list";

export function DossierDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useWords();
  const partnerId = useHere();
  const dossier = useQuery({
    queryKey: ["dossiers", partnerId, "one", id],
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/dossiers/{dossierId}", { params: { path: { partnerId, dossierId: id } } })),
  });
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={dossier.data?.clientName ?? t("menu.dossiers")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <Failure error={dossier.error} again={() => void dossier.refetch()} />
      {dossier.data && <Sheet dossier={dossier.data} />}
    </Drawer>
  );
}

function Sheet({ dossier }: { dossier: Dossier }) {
  const { t, day } = useWords();
  const partnerId = useHere();
  const who = useWho().data;
  const admin = who?.here !== undefined && administers(who.here);
  const past = useQuery({
    queryKey: ["dossiers", partnerId, "assignments", dossier.id], enabled: admin,
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/assignments", { params: { path: { partnerId }, query: { dossierId: dossier.id, pageSize } } })),
  });
  return (
    <Stack>
      <Text c="dimmed">
        {dossier.clientRegistrationNumber}{dossier.createTime && ` · ${t("dossier.since", { at: day(dossier.createTime) })}`}
      </Text>
      {!admin && <Enter dossier={dossier} />}
      <Title order={2} size="h4">{t("dossier.people")}</Title>
      {dossier.assignments.length === 0 && <Text c="dimmed">{t("dossier.people.none")}</Text>}
      {dossier.assignments.map((one) => <Assigned key={one.id} assignment={one} client={dossier.clientName} admin={admin} />)}
      {(past.data?.assignments.length ?? 0) > 0 && (
        <>
          <Title order={2} size="h4">{t("dossier.history")}</Title>
          <Lanes assignments={past.data!.assignments} />
        </>
      )}
    </Stack>
  );
}

type AssignedProps = { assignment: Assignment; client: string; admin: boolean };

function Assigned({ assignment, client, admin }: AssignedProps) {
  const { t, day } = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{assignment.collaboratorName}</Text>
        <small>{assignment.expireTime && t("assignment.until", { at: day(assignment.expireTime) })}</small>
      </div>
      <State family="assignment" name={short("ASSIGNMENT_STATE_", assignment.state)} />
      {admin && <Button size="compact-md" variant="default" onClick={() => setAsking(true)}>{t("detach.short")}</Button>}
      {asking && <Detach assignment={assignment} client={client} close={() => setAsking(false)} />}
    </div>
  );
}

const detachCall = (one: Assignment, key: string, confirm: string) => (to: Api) =>
  to.POST("/v1/partners/{partnerId}/assignments/{assignmentId}:detach", {
    params: { path: { partnerId: one.partnerId, assignmentId: one.id }, header: { "Idempotency-Key": key } }, body: { confirm },
  });

function Detach({ assignment, client, close }: { assignment: Assignment; client: string; close: () => void }) {
  const { t } = useWords();
  const key = useKey(assignment.id);
  const detach = useChange((to, confirm: string) => answer(detachCall(assignment, key, confirm)(to)), ["dossiers"]);
  return (
    <Removal
      title={t("detach.title")} lead={t("detach.lead", { name: assignment.collaboratorName, client })} button={t("detach.short")} busy={detach.isPending}
      error={detach.error} act={(confirm) => detach.mutate(confirm)} curl={detachCall(assignment, key, word)} close={close}
      receipt={detach.data?.receipt} ended={t("detach.title")}
    />
  );
}

// Enter starts a visit and goes to the client's product (R29); without a yes the
// client is asked again (R28).
function Enter({ dossier }: { dossier: Dossier }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const call = (to: Api) =>
    to.POST("/v1/partners/{partnerId}/dossiers/{dossierId}:enter", {
      params: { path: { partnerId: dossier.partnerId, dossierId: dossier.id } }, body: { reason },
    });
  const enter = useChange((to) => answer(call(to)), []);
  return (
    <form onSubmit={(event) => { event.preventDefault(); enter.mutate(undefined, { onSuccess: (visit) => window.location.assign(visit.redirectUrl) }); }}>
      <TextInput label={t("field.reason")} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Failure error={enter.error} />
      <Group mt="sm"><Button type="submit" loading={enter.isPending}>{t("enter.button")}</Button><AsCurl call={call} /></Group>
    </form>
  );
}
