// The code that a partner needs to ask for a link (R76). It is read when it is
// asked for: there may be none yet.
import { Button, Code, CopyButton, Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, Refused, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

const missing = (error: unknown): boolean => error instanceof Refused && error.problem?.status === 404;

export function OwnCode() {
  const { t } = useWords();
  const clientId = useHere();
  const [asked, ask] = useState(false);
  const own = useQuery({
    queryKey: ["code", clientId], enabled: asked, queryFn: () => answer(api.GET("/v1/clients/{clientId}/code", { params: { path: { clientId } } })),
  });
  const code = own.data?.code;
  const key = useKey(code);
  const call = (to: Api) => to.POST("/v1/clients/{clientId}/code:renew", { params: { path: { clientId }, header: { "Idempotency-Key": key } }, body: {} });
  const renew = useChange((to) => answer(call(to)), ["code"]);
  const make = () => renew.mutate(undefined, { onSuccess: () => ask(true) });
  return (
    <section aria-label={t("links.code")}>
      <Title order={2} size="h3" mt="xl">{t("links.code")}</Title>
      <Text c="dimmed" mb="sm">{t("links.code.hint")}</Text>
      <Failure error={renew.error ?? (missing(own.error) ? null : own.error)} />
      <Group gap="sm">
        {!code && <Button variant="default" loading={own.isFetching} onClick={() => ask(true)}>{t("partners.code.show")}</Button>}
        {code && <Code>{code}</Code>}
        {code && <CopyButton value={code}>{({ copied, copy }) => <Button size="compact-sm" variant="default" onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}</CopyButton>}
        <Button variant="default" loading={renew.isPending} onClick={make}>{t(code || !missing(own.error) ? "links.code.renew" : "links.code.make")}</Button>
        <AsCurl call={call} />
      </Group>
      <Text mt="sm" size="sm" role="status">{renew.isSuccess ? t("links.code.made") : missing(own.error) && t("partners.code.none")}</Text>
    </section>
  );
}
