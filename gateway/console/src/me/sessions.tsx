// Where one is signed in, and the end of it elsewhere.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { pageSize, useChange, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWords } from "../words/words";
import { Section } from "./section";

type Session = Schemas["MySession"];

const revokeOthers = (to: Api) => to.POST("/v1/me/sessions:revokeOthers", { body: {} });

export function Sessions() {
  const { t, n } = useWords();
  const [notice, setNotice] = useState("");
  const list = usePages(["sessions"], (pageToken) => answer(api.GET("/v1/me/sessions", { params: { query: { pageSize, pageToken } } })));
  const others = useChange((to) => answer(revokeOthers(to)), ["sessions"]);
  const rows = list.data?.pages.flatMap((page) => page.sessions) ?? [];
  return (
    <Section title={t("account.sessions.title")} lead={t("account.sessions.lead")}>
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
    </Section>
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
