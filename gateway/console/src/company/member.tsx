// A member's sheet, beside the list: who they are and what they may, why, their
// address, absence and departure.
import { Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer } from "../api/client";
import { Failure } from "../parts/failure";
import { administers, useHere, useWho } from "../shell/who";
import { useWords, type Key } from "../words/words";
import type { Done } from "../parts/done";
import { nameOf, type Member } from "./grid";
import { Address } from "./member_address";
import { MemberForm } from "./member_form";
import { Leaving } from "./member_leaving";
import { Why } from "./member_why";
import { Side } from "./side";

type Props = { id: string; close: () => void; say: (what: Done | undefined) => void };

export function MemberSide({ id, close, say }: Props) {
  const { t } = useWords();
  const organizationId = useHere();
  const one = useQuery({
    queryKey: ["members", organizationId, "one", id],
    queryFn: () => answer(api.GET("/v1/organizations/{organizationId}/members/{memberId}", { params: { path: { organizationId, memberId: id } } })),
  });
  return (
    <Side title={one.data ? nameOf(one.data) : t("menu.members")} close={close}>
      <Failure error={one.error} again={() => void one.refetch()} />
      {one.isPending && <Skeleton height={320} radius="md" />}
      {one.data && <Sheet member={one.data} reread={one.refetch} gone={(what) => { close(); say(what); }} />}
    </Side>
  );
}

type SheetProps = { member: Member; reread: () => Promise<unknown>; gone: (what: Done) => void };

function Sheet({ member, reread, gone }: SheetProps) {
  const { t, day } = useWords();
  const here = useWho().data?.here;
  const [round, setRound] = useState(0);
  const ended = member.state === "MEMBER_STATE_ENDED";
  const changes = here !== undefined && administers(here) && !ended;
  return (
    <Stack>
      <Group>
        <Text>{member.email}</Text>
        {member.state !== "MEMBER_STATE_ACTIVE" && <Badge variant="outline" className="state wait">{t(ended ? "sheet.state.ended" : "sheet.state.suspended")}</Badge>}
      </Group>
      <Text c="dimmed">
        {t(`role.${member.role}` as Key)}{member.createTime && ` · ${t("member.since", { at: day(member.createTime) })}`}
        {member.endTime && ` · ${t("assignment.until", { at: day(member.endTime) })}`}
      </Text>
      {changes && <MemberForm key={round} member={member} fresh={() => void reread().then(() => setRound(round + 1))} />}
      <Why member={member} />
      {changes && <Address member={member} />}
      {changes && <Leaving member={member} gone={gone} />}
    </Stack>
  );
}
