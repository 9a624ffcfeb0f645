// Absence, which is taken back as easily as it is said, and departure (R113),
// which is confirmed by the typed word.
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { newKey, useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { Removal } from "../parts/removal";
import { offerUndo } from "../parts/undo";
import { useWords } from "../words/words";
import type { Done } from "../parts/done";
import { nameOf, type Member } from "./grid";

type Props = { member: Member; gone: (what: Done) => void };

export function Leaving({ member, gone }: Props) {
  const { t } = useWords();
  const [removing, setRemoving] = useState(false);
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">{t("sheet.leaving")}</Title>
      <Suspension member={member} />
      <Text size="sm" c="dimmed">{t("sheet.remove.hint")}</Text>
      <Group><Button color="red" variant="outline" onClick={() => setRemoving(true)}>{t("sheet.remove")}</Button></Group>
      {removing && <Remove member={member} close={() => setRemoving(false)} gone={gone} />}
    </Stack>
  );
}

const at = (member: Member, key: string) => ({ path: { organizationId: member.organizationId, memberId: member.id }, header: { "Idempotency-Key": key } });

const absent = (member: Member, suspend: boolean) => (to: Api): Promise<{ data?: unknown; error?: unknown }> => suspend
  ? to.POST("/v1/organizations/{organizationId}/members/{memberId}:suspend", { params: at(member, newKey()), body: {} })
  : to.POST("/v1/organizations/{organizationId}/members/{memberId}:restore", { params: at(member, newKey()), body: {} });

function Suspension({ member }: { member: Member }) {
  const { t } = useWords();
  const change = useChange<boolean, unknown>((to, suspend) => answer<unknown>(absent(member, suspend)(to)), ["members"]);
  const suspended = member.state === "MEMBER_STATE_SUSPENDED";
  const turn = (suspend: boolean) => change.mutate(suspend, {
    onSuccess: () => offerUndo(t(suspend ? "sheet.suspended" : "sheet.restored"), absent(member, !suspend)),
  });
  return (
    <>
      <Text size="sm" c="dimmed">{t(suspended ? "sheet.restore.hint" : "sheet.suspend.hint")}</Text>
      <Group>
        <Button variant="default" loading={change.isPending} onClick={() => turn(!suspended)}>{t(suspended ? "sheet.restore" : "sheet.suspend")}</Button>
        <AsCurl call={absent(member, !suspended)} />
      </Group>
      <Failure error={change.error} />
    </>
  );
}

function Remove({ member, close, gone }: Props & { close: () => void }) {
  const { t } = useWords();
  const key = useKey(member.id);
  const call = (to: Api) => to.POST("/v1/organizations/{organizationId}/members/{memberId}:remove", { params: at(member, key), body: {} });
  const remove = useChange((to) => answer(call(to)), ["members"]);
  return (
    <Removal
      title={t("sheet.remove")} lead={t("member.remove.lead", { name: nameOf(member), email: member.email })} button={t("sheet.remove")}
      busy={remove.isPending} error={remove.error} curl={call} close={close} receipt={undefined} ended=""
      act={() => remove.mutate(undefined, { onSuccess: () => gone({ text: t("sheet.removed") }) })}
    />
  );
}
