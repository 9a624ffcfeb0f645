// One collaborator, beside the list: tag (R73), clients (R75), suspension, and
// removal with its receipt (R81, R82).
import { Button, Drawer, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { newKey, pageSize, useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { Removal, word } from "../parts/removal";
import { short, State } from "../parts/state";
import { offerUndo } from "../parts/undo";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { fullName, stateOf, type Collaborator } from "./collaborators";
import { HandOver } from "./handover";
import { PersonSelect } from "./person";

const refreshed = ["collaborators", "dossiers"];

export function CollaboratorDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useWords();
  const partnerId = useHere();
  const one = useQuery({
    queryKey: ["collaborators", partnerId, "one", id],
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/collaborators/{collaboratorId}", { params: { path: { partnerId, collaboratorId: id } } })),
  });
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={one.data ? fullName(one.data) : t("menu.collaborators")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <Failure error={one.error} again={() => void one.refetch()} />
      {one.data && <Sheet one={one.data} />}
    </Drawer>
  );
}

function Sheet({ one }: { one: Collaborator }) {
  const { t } = useWords();
  const [removing, setRemoving] = useState(false);
  const left = one.state === "COLLABORATOR_STATE_LEFT";
  return (
    <Stack>
      <Group><Text>{one.email}</Text><State family="collaborator" name={stateOf(one)} /></Group>
      <Text c="dimmed">{t(`partner_role.${one.partnerRole}` as Key)}</Text>
      {!left && <Tag one={one} />}
      <Clients one={one} />
      {one.state === "COLLABORATOR_STATE_READY" && <Suspension one={one} />}
      {!left && <Group><Button color="red" variant="outline" onClick={() => setRemoving(true)}>{t("collaborator.remove")}</Button></Group>}
      {removing && <Remove one={one} close={() => setRemoving(false)} />}
    </Stack>
  );
}

const at = (one: Collaborator) => ({ path: { partnerId: one.partnerId, collaboratorId: one.id }, header: { "Idempotency-Key": newKey() } });

type Kind = Schemas["TagKind"];

function Tag({ one }: { one: Collaborator }) {
  const { t } = useWords();
  const kinds: Kind[] = ["TAG_KIND_UNSPECIFIED", "TAG_KIND_EMPLOYEE", "TAG_KIND_FREELANCER"];
  const call = (kind: Kind) => (to: Api) => to.POST("/v1/partners/{partnerId}/collaborators/{collaboratorId}:tag", { params: at(one), body: { kind } });
  const tag = useChange((to, kind: Kind) => answer(call(kind)(to)), refreshed);
  const now = one.tag?.kind ?? "TAG_KIND_UNSPECIFIED";
  return (
    <>
      <Group align="end">
        <Select
          label={t("tag.title")} description={t("tag.hint")} allowDeselect={false} value={tag.isPending ? tag.variables : now}
          data={kinds.map((kind) => ({ value: kind, label: t(`tag.${kind}`) }))} onChange={(kind) => tag.mutate(kind as Kind)}
          comboboxProps={{ withinPortal: false }}
        />
        <AsCurl call={call(now)} />
      </Group>
      <Failure error={tag.error} />
    </>
  );
}

function Clients({ one }: { one: Collaborator }) {
  const { t } = useWords();
  const list = useQuery({
    queryKey: ["dossiers", one.partnerId, "of", one.id],
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/assignments", { params: { path: { partnerId: one.partnerId }, query: { collaboratorId: one.id, pageSize } } })),
  });
  const [handing, setHanding] = useState(false);
  const live = list.data?.assignments.filter((each) => each.state !== "ASSIGNMENT_STATE_ENDED") ?? [];
  return (
    <>
      <Title order={2} size="h4">{t("staff.clients")}</Title>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && live.length === 0 && <Text c="dimmed">{t("staff.clients.none")}</Text>}
      {live.map((each) => (
        <div className="row" key={each.id}>
          <Text className="what">{each.clientName}</Text>
          <State family="assignment" name={short("ASSIGNMENT_STATE_", each.state)} />
        </div>
      ))}
      {live.length > 0 && <Group><Button variant="default" onClick={() => setHanding(true)}>{t("handover.all")}</Button></Group>}
      {handing && <HandOver from={{ id: one.id, name: fullName(one) }} rows={live} every close={() => setHanding(false)} />}
    </>
  );
}

// Suspension is undone as easily as done.
function Suspension({ one }: { one: Collaborator }) {
  const { t } = useWords();
  const verb = (to: Api, suspend: boolean) => suspend
    ? to.POST("/v1/partners/{partnerId}/collaborators/{collaboratorId}:suspend", { params: at(one), body: {} })
    : to.POST("/v1/partners/{partnerId}/collaborators/{collaboratorId}:restore", { params: at(one), body: {} });
  const change = useChange<boolean, unknown>((to, suspend) => answer<unknown>(verb(to, suspend)), refreshed);
  const suspended = one.suspendTime !== null;
  const offer = () => suspended || offerUndo(t("collaborator.suspend.done", { name: fullName(one) }), (to) => verb(to, false));
  return (
    <>
      <Text size="sm" c="dimmed">{t("staff.suspend.hint")}</Text>
      <Group>
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate(!suspended, { onSuccess: offer })}>{t(suspended ? "staff.restore" : "staff.suspend")}</Button>
        <AsCurl call={(to) => verb(to, !suspended)} />
      </Group>
      <Failure error={change.error} />
    </>
  );
}

function Remove({ one, close }: { one: Collaborator; close: () => void }) {
  const { t } = useWords();
  const [successorId, setSuccessor] = useState("");
  const key = useKey(successorId);
  const call = (confirm: string) => (to: Api) =>
    to.POST("/v1/partners/{partnerId}/collaborators/{collaboratorId}:remove", {
      params: { path: { partnerId: one.partnerId, collaboratorId: one.id }, header: { "Idempotency-Key": key } }, body: { confirm, successorId },
    });
  const remove = useChange((to, confirm: string) => answer(call(confirm)(to)), refreshed);
  return (
    <Removal
      title={t("collaborator.remove")} lead={t("collaborator.remove.lead", { name: fullName(one), email: one.email })} button={t("collaborator.remove.short")}
      busy={remove.isPending} error={remove.error} act={(confirm) => remove.mutate(confirm)} curl={call(word)} close={close}
      receipt={remove.data?.receipt} ended={t("collaborator.removed")}
    >
      <Text size="sm" c="dimmed">{t("collaborator.remove.pointer")}</Text>
      <PersonSelect
        label={t("collaborator.successor")} description={t("collaborator.successor.hint")} value={successorId} choose={setSuccessor} except={one.id} clearable
      />
    </Removal>
  );
}
