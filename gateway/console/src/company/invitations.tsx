// Who was invited (R51, R53): those who wait and those who are past, with what
// became of the mail; renew (R55), cancel (R54), and help for who cannot get in.
import { Group, NativeSelect, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { Rows } from "../parts/rows";
import { invitationStates, type InvitationSearch } from "../router";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { useDone, type Done } from "../parts/done";
import { guestName, useInvitations, type Invited } from "./invited";
import { LinkButton } from "./link_button";
import { Cancel, Renew, waits } from "./renewal";

const InvitationSide = later(async () => (await import("./invitation")).InvitationSide);
const Invite = later(async () => (await import("./invite")).Invite);

export function Invitations() {
  const { t } = useWords();
  const search = useSearch({ from: "/invitations" });
  const navigate = useNavigate({ from: "/invitations" });
  const show = (part: InvitationSearch) => void navigate({ search: (old) => ({ state: old.state, ...part }) });
  const { done, say } = useDone();
  const list = useInvitations(useHere(), search.state ?? "PENDING");
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  useLookAgain(list, rows.some((one) => one.mail?.state === "DELIVERY_STATE_QUEUED"));
  const opened = rows.find((one) => one.invitation.id === search.open);
  return (
    <>
      <Heading />
      {done}
      <NativeSelect
        maw={300} my="md" label={t("invitations.state")} value={search.state ?? "PENDING"}
        data={invitationStates.map((state) => ({ value: state, label: t(`invitations.${state}`) }))}
        onChange={(event) => show({ state: invitationStates.find((one) => one === event.currentTarget.value) })}
      />
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      <Rows
        label={t("invitations.title")} rows={rows} id={(one) => one.invitation.id} height={92} loading={list.isPending}
        row={(one) => <Row one={one} open={() => show({ open: one.invitation.id })} say={say} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
      />
      {list.isSuccess && rows.length === 0 && <Nothing pending={(search.state ?? "PENDING") === "PENDING"} />}
      {search.open === "new" && <Invite email={search.email ?? ""} close={() => show({})} done={(text) => { show({}); say({ text }); }} />}
      {opened && <InvitationSide one={opened} close={() => show({})} say={say} />}
    </>
  );
}

// useLookAgain reads the list again while a mail is on its way.
function useLookAgain(list: { dataUpdatedAt: number; refetch: () => unknown }, moving: boolean) {
  const { dataUpdatedAt, refetch } = list;
  useEffect(() => {
    const timer = moving ? setTimeout(() => void refetch(), 2_000) : undefined;
    return () => clearTimeout(timer);
  }, [moving, dataUpdatedAt, refetch]);
}

function Heading() {
  const { t } = useWords();
  return (
    <Group justify="space-between" align="start">
      <div>
        <Title order={1}>{t("invitations.title")}</Title>
        <Text c="dimmed">{t("invitations.lead")}</Text>
      </div>
      <Group>
        <LinkButton to="/diagnosis" variant="default">{t("members.diagnose")}</LinkButton>
        <LinkButton to="/invitations/list" variant="default">{t("members.import")}</LinkButton>
        <LinkButton to="/invitations" search={{ open: "new" }}>{t("member.add")}</LinkButton>
      </Group>
    </Group>
  );
}

function Nothing({ pending }: { pending: boolean }) {
  const { t } = useWords();
  return <Text mt="lg" c="dimmed">{t(pending ? "invitations.none.pending" : "invitations.none")}</Text>;
}

type RowProps = { one: Invited; open: () => void; say: (what: Done) => void };

function Row({ one: { invitation, mail }, open, say }: RowProps) {
  const { t, moment } = useWords();
  const name = guestName(invitation);
  return (
    <div className="row">
      <div className="what">
        <button type="button" onClick={open}>{name || invitation.email}</button>
        <small>{name && `${invitation.email} · `}{t(`role.${invitation.role}` as Key)}</small>
        <small>{invitation.expireTime && waits(invitation) && t("members.until", { at: moment(invitation.expireTime) })}</small>
        {mail && <small>{t(`mail.${mail.state}` as Key)}</small>}
      </div>
      {waits(invitation) && <Renew one={invitation} say={say} />}
      {invitation.state === "INVITATION_STATE_PENDING" && <Cancel one={invitation} say={say} />}
    </div>
  );
}
