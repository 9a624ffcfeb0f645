// A new e-mail address: nothing changes before the link that goes there was
// followed.
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import { useProven } from "./prove";
import { Section } from "./section";

const call = (newEmail: string) => (to: Api) => to.POST("/v1/me:changeEmail", { body: { newEmail: newEmail.trim() } });

export function Address({ now }: { now: string }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const [sent, setSent] = useState("");
  const change = useProven((to, email: string) => answer(call(email)(to)), [], () => { setSent(typed.trim()); setTyped(""); });
  return (
    <Section title={t("account.email.title")} lead={t("account.email.lead")}>
      <Text mb="sm">{t("account.email.now")} : <b>{now}</b></Text>
      <form noValidate onSubmit={(event) => { event.preventDefault(); setSent(""); change.go(typed); }}>
        <Group align="start">
          <TextInput
            label={t("field.new_email")} inputMode="email" autoComplete="off" value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
            error={fieldError(change.error, "newEmail")}
          />
          <Button mt="1.6rem" type="submit" variant="default" loading={change.isPending}>{t("account.email.button")}</Button>
          <AsCurl call={call(typed)} />
        </Group>
        <Failure error={change.error} />
        <Text mt="sm" role="status">{sent && t("account.email.sent", { email: sent })}</Text>
      </form>
      {change.dialog}
    </Section>
  );
}
