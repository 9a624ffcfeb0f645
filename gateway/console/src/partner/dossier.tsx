// One dossier, beside the list: who is assigned, since when, until when; enter,
// hand over, detach; and what was before.
import { Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { Failure } from "../parts/failure";
import { Removal, word } from "../parts/removal";
import { short, State } from "../parts/state";
import { administers, useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { Enter, Inside } from "./enter";
import { Extend } from "./extend";
import { HandOver } from "./handover";
import { Lanes, Told } from "./lanes";
import type { Assignment, Dossier } from "./list";
import { readVisits, useStory } from "./story";

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
  const story = useStory(partnerId, dossier.id, admin);
  const [asked, setAsked] = useState<{ what: Wish; assignment: Assignment }>();
  return (
    <Stack>
      <Text c="dimmed">
        {dossier.clientRegistrationNumber}{dossier.createTime && ` · ${t("dossier.since", { at: day(dossier.createTime) })}`}
      </Text>
      {!admin && <Enter dossier={dossier} />}
      <Inside dossier={dossier} own={!admin} />
      <Title order={2} size="h4">{t("dossier.people")}</Title>
      {dossier.assignments.length === 0 && <Text c="dimmed">{t("dossier.people.none")}</Text>}
      {dossier.assignments.map((one) => (
        <Assigned key={one.id} assignment={one} among={dossier.assignments} ask={admin ? (what) => setAsked({ what, assignment: one }) : undefined} />
      ))}
      {asked && <Asked {...asked} client={dossier.clientName} close={() => setAsked(undefined)} />}
      <Failure error={story.error} again={story.again} />
      {story.chapters.length > 0 && (
        <>
          <Title order={2} size="h4">{t("dossier.history")}</Title>
          <Text size="sm" c="dimmed">{t("story.legend")}</Text>
          <Lanes chapters={story.chapters} />
          <Told chapters={story.chapters} />
          {story.before && <Text size="xs" c="dimmed">{t("story.recent", { n: readVisits })}</Text>}
        </>
      )}
    </Stack>
  );
}

type Wish = "detach" | "extend" | "handOver";

// among are the assignments of the dossier: one may extend another.
function Assigned({ assignment, among, ask }: { assignment: Assignment; among: Assignment[]; ask?: (what: Wish) => void }) {
  const { t, day } = useWords();
  const waiting = assignment.state === "ASSIGNMENT_STATE_PENDING_CONSENT";
  const extended = among.some((one) => one.predecessorId === assignment.id);
  const extending = among.some((one) => one.id === assignment.predecessorId && one.collaboratorId === assignment.collaboratorId);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{assignment.collaboratorName}</Text>
        <small>{extending ? t("extend.waiting") : assignment.expireTime && t("assignment.until", { at: day(assignment.expireTime) })}</small>
      </div>
      <State family="assignment" name={short("ASSIGNMENT_STATE_", assignment.state)} />
      {ask && (
        <Group gap="xs">
          {!waiting && !extended && <Button size="compact-md" variant="default" onClick={() => ask("extend")}>{t("extend.title")}</Button>}
          <Button size="compact-md" variant="default" onClick={() => ask("handOver")}>{t("handover.title")}</Button>
          <Button size="compact-md" variant="default" onClick={() => ask("detach")}>{t("detach.short")}</Button>
        </Group>
      )}
    </div>
  );
}

// Asked is the dialog about an assignment. It stands beside the list: once the
// assignment is over, its row goes, and the receipt stays.
function Asked({ what, assignment, client, close }: { what: Wish; assignment: Assignment; client: string; close: () => void }) {
  if (what === "detach") {
    return <Detach assignment={assignment} client={client} close={close} />;
  }
  if (what === "extend") {
    return <Extend assignment={assignment} client={client} close={close} />;
  }
  return (
    <HandOver
      from={{ id: assignment.collaboratorId, name: assignment.collaboratorName }} rows={[{ id: assignment.id, clientName: client }]} every={false} close={close}
    />
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
