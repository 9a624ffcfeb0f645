// Where one is invited: yes or no.
import { Button, Stack, Text } from "@mantine/core";
import { api, answer, type Api, type Schemas } from "../api/client";
import { pageSize, useChange, useKey, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWords, type Key } from "../words/words";
import { Section } from "./section";

type Invitation = Schemas["MyInvitation"];

export function Invitations() {
  const { t } = useWords();
  const list = usePages(["invitations", "mine"], (pageToken) =>
    answer(api.GET("/v1/me/invitations", { params: { query: { pageSize, pageToken } } })));
  const rows = list.data?.pages.flatMap((page) => page.invitations) ?? [];
  return (
    <Section title={t("account.invitations")}>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("account.invitations.none")}</Text>}
      <Stack gap="xs">{rows.map((one) => <Invited key={one.id} one={one} />)}</Stack>
    </Section>
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
