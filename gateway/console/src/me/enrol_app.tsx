// An authenticator app, enrolled by its first code. The secret is shown once.
import { Anchor, Button, Code, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, type Schemas } from "../api/client";
import { useChange } from "../api/queries";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";

type Props = { app: Schemas["StartTotpResponse"]; close: () => void; done: (codes: string[]) => void };

export function EnrolApp({ app, close, done }: Props) {
  const { t } = useWords();
  const [form, setForm] = useState({ code: "", name: "" });
  const confirm = useChange((to) => answer(to.POST("/v1/me/factors/{factorId}:confirm", { params: { path: { factorId: app.factorId } }, body: form })), ["factors"]);
  return (
    <Modal opened onClose={close} title={t("totp.title")} closeOnClickOutside={false} closeButtonProps={{ "aria-label": t("site.close") }}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); confirm.mutate(undefined, { onSuccess: (out) => done(out.recoveryCodes) }); }}>
        <Stack>
          <Text>{t("account.app.lead")} <Anchor href={app.uri}>{t("account.app.open")}</Anchor></Text>
          <Group>
            <Code fz="md" className="curl">{app.secret}</Code>
            <CopyButton value={app.secret}>
              {({ copied, copy }) => <Button size="compact-sm" variant="default" onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
            </CopyButton>
          </Group>
          <Text size="sm" c="dimmed">{t("account.app.picture")} <Anchor href="/account/factors">{t("factors.title")}</Anchor></Text>
          <TextInput
            data-autofocus label={t("field.code")} inputMode="numeric" autoComplete="one-time-code" value={form.code}
            onChange={(event) => setForm({ ...form, code: event.currentTarget.value })} error={fieldError(confirm.error, "code")}
          />
          <TextInput
            label={t("field.name")} autoComplete="off" value={form.name} onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            error={fieldError(confirm.error, "name")}
          />
          <Failure error={confirm.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
            <Button type="submit" loading={confirm.isPending}>{t("site.submit")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
