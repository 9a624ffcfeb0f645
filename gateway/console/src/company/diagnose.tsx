// Mon invité n'arrive pas à entrer: an address, and where its owner is stuck.
import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import { Diagnosis, useDiagnosis } from "./diagnosis";

export function Diagnose() {
  const { t } = useWords();
  const { email } = useSearch({ from: "/diagnosis" });
  return (
    <>
      <Title order={1}>{t("diagnose.title")}</Title>
      <Text c="dimmed">{t("diagnose.lead")}</Text>
      <Form key={email} asked={email ?? ""} />
      {email && <Diagnosis email={email} />}
    </>
  );
}

function Form({ asked }: { asked: string }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/diagnosis" });
  const [email, setEmail] = useState(asked);
  const found = useDiagnosis(asked);
  const again = () => (email === asked ? void found.refetch() : void navigate({ search: { email } }));
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); again(); }}>
      <Stack maw={480} my="md" align="start">
        <TextInput
          w="100%" label={t("field.email")} inputMode="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.currentTarget.value)}
          error={fieldError(found.error, "email")}
        />
        <Button type="submit" disabled={email.trim() === ""} loading={found.isFetching}>{t("diagnose.submit")}</Button>
      </Stack>
    </form>
  );
}
