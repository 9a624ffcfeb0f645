// Another password; the old one is asked for, and all other sessions end.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { answer } from "../api/client";
import { useChange } from "../api/queries";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import { Section } from "./section";

const empty = { oldPassword: "", newPassword: "" };

const fields = [["oldPassword", "field.old_password", "current-password"], ["newPassword", "field.new_password", "new-password"]] as const;

export function Password() {
  const { t } = useWords();
  const [form, setForm] = useState(empty);
  const change = useChange((to) => answer(to.POST("/v1/me:changePassword", { body: form })), ["sessions"]);
  const submit = () => change.mutate(undefined, { onSuccess: () => setForm(empty) });
  return (
    <Section title={t("account.password.title")} lead={t("account.password.lead")}>
      <form noValidate className="narrow" onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <Stack gap="sm">
          {fields.map(([name, label, autoComplete]) => (
            <PasswordInput
              key={name} label={t(label)} autoComplete={autoComplete} value={form[name]} onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
              error={fieldError(change.error, name)} visibilityToggleButtonProps={{ "aria-label": t("account.password.show") }}
            />
          ))}
          <Failure error={change.error} />
          <Group><Button type="submit" variant="default" loading={change.isPending}>{t("account.password.button")}</Button></Group>
          <Text role="status">{change.isSuccess && t("account.password.done")}</Text>
        </Stack>
      </form>
    </Section>
  );
}
