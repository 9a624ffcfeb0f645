// Mon profil: who one is, where one is invited, and where one is signed in. What
// changes a secret is on the pages, which ask for it.
import { Anchor, Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { pageSize, useChange, useKey, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWho } from "../shell/who";
import { useWords, type Key } from "../words/words";

type Invitation = Schemas["MyInvitation"];
type Session = Schemas["MySession"];

const elsewhere: [string, Key][] = [
  ["/account/email", "account.email.title"], ["/account/password", "account.password.title"], ["/account/factors", "account.factors.title"],
  ["/account/export", "account.export.title"],
];

export function Account() {
  const { t } = useWords();
  const me = useWho().data?.me;
  return (
    <>
      <Title order={1}>{t("account.title")}</Title>
      {me && <Text c="dimmed">{me.email}</Text>}
      <List mt="md" listStyleType="none" spacing={6}>
        {elsewhere.map(([page, label]) => <List.Item key={page}><Anchor href={page}>{t(label)}</Anchor></List.Item>)}
      </List>
      <Invitations />
      <Sessions />
    </>
  );
}

function Invitations() {
  const { t } = useWords();
  const list = usePages(["invitations", "mine"], (pageToken) =>
    answer(api.GET("/v1/me/invitations", { params: { query: { pageSize, pageToken } } })));
  const rows = list.data?.pages.flatMap((page) => page.invitations) ?? [];
  return (
    <section aria-label={t("account.invitations")}>
      <Title order={2} size="h3" mt="xl" mb="sm">{t("account.invitations")}</Title>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("account.invitations.none")}</Text>}
      <Stack gap="xs">{rows.map((one) => <Invited key={one.id} one={one} />)}</Stack>
    </section>
  );
}

const acceptCall = (one: Invitation, key: string) => (to: Api) =>
  to.POST("/v1/me/invitations/{invitationId}:accept", { params: { path: { invitationId: one.id }, header: { "Idempotency-Key": key } }, body: {} });

const declineCall = (one: Invitation, key: string) => (to: Api) =>
  to.POST("/v1/me/invitations/{invitationId}:decline", { params: { path: { invitationId: one.id }, header: { "Idempotency-Key": key } }, body: {} });

function Invited({ one }: { one: Invitation }) {
  const { t, day } = useWords();
  const key = useKey(one.id);
  const accept = useChange((to) => answer(acceptCall(one, key)(to)), ["invitations", "who"]);
  const decline = useChange((to) => answer(declineCall(one, key)(to)), ["invitations"]);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.organizationName}</Text>
        <small>{t(`role.${one.role}` as Key)}{one.expireTime && ` · ${t("account.invitations.until", { at: day(one.expireTime) })}`}</small>
        <Failure error={accept.error ?? decline.error} />
      </div>
      <AsCurl call={acceptCall(one, key)} />
      <Button variant="default" loading={decline.isPending} onClick={() => decline.mutate(undefined)}>{t("account.invitations.decline")}</Button>
      <Button loading={accept.isPending} onClick={() => accept.mutate(undefined)}>{t("account.invitations.accept")}</Button>
    </div>
  );
}

const revokeOthers = (to: Api) => to.POST("/v1/me/sessions:revokeOthers", { body: {} });

function Sessions() {
  const { t, n } = useWords();
  const [notice, setNotice] = useState("");
  const list = usePages(["sessions"], (pageToken) => answer(api.GET("/v1/me/sessions", { params: { query: { pageSize, pageToken } } })));
  const others = useChange((to) => answer(revokeOthers(to)), ["sessions"]);
  const rows = list.data?.pages.flatMap((page) => page.sessions) ?? [];
  return (
    <section aria-label={t("account.sessions.title")}>
      <Title order={2} size="h3" mt="xl">{t("account.sessions.title")}</Title>
      <Text c="dimmed" mb="sm">{t("account.sessions.lead")}</Text>
      <Failure error={list.error ?? others.error} again={() => void list.refetch()} />
      <Stack gap="xs">{rows.map((one) => <Open key={one.id} one={one} />)}</Stack>
      {rows.length > 1 && (
        <Group mt="sm">
          <Button variant="default" loading={others.isPending} onClick={() => others.mutate(undefined, { onSuccess: (out) => setNotice(n("account.sessions.others_done", out.ended)) })}>
            {t("account.sessions.end_others")}
          </Button>
          <AsCurl call={revokeOthers} />
        </Group>
      )}
      <Text mt="sm" role="status">{notice}</Text>
    </section>
  );
}

const revokeCall = (one: Session) => (to: Api) => to.POST("/v1/me/sessions/{sessionId}:revoke", { params: { path: { sessionId: one.id } }, body: {} });

function Open({ one }: { one: Session }) {
  const { t, ago } = useWords();
  const revoke = useChange((to) => answer(revokeCall(one)(to)), ["sessions"]);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.device || t("account.sessions.unknown")}</Text>
        <small>{one.current ? t("account.sessions.current") : one.useTime && ago(one.useTime)}{one.network && ` · ${one.network}`}</small>
        <Failure error={revoke.error} />
      </div>
      {!one.current && (
        <>
          <AsCurl call={revokeCall(one)} />
          <Button variant="default" loading={revoke.isPending} onClick={() => revoke.mutate(undefined)}>{t("account.sessions.end")}</Button>
        </>
      )}
    </div>
  );
}
