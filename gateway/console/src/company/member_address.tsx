// A member's move to another address (R112): they end it themselves, by the
// link and their password.
import { Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { useChange } from "../api/queries";
import { fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import type { Member } from "./grid";
import { Submit } from "./submit";

export function Address({ member }: { member: Member }) {
  const { t } = useWords();
  const [newEmail, setTyped] = useState("");
  const call = (to: Api) =>
    to.POST("/v1/organizations/{organizationId}/members/{memberId}:changeEmail", {
      params: { path: { organizationId: member.organizationId, memberId: member.id } }, body: { newEmail },
    });
  const move = useChange((to) => answer(call(to)), []);
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); move.mutate(undefined); }}>
      <Stack gap="xs">
        <Title order={2} size="h4">{t("sheet.email")}</Title>
        <TextInput
          label={t("field.new_email")} description={t("sheet.email.hint")} inputMode="email" autoComplete="off" value={newEmail}
          onChange={(event) => setTyped(event.currentTarget.value)} error={fieldError(move.error, "newEmail")}
        />
        <Submit label={t("sheet.email.send")} busy={move.isPending} error={move.error} call={call} />
        <Text role="status" size="sm" c="dimmed">{move.isSuccess && t("sheet.email.sent")}</Text>
      </Stack>
    </form>
  );
}
