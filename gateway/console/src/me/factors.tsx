// Second factors: passkeys and apps, each with a name of the person's own, and
// the recovery codes that stand in for them.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, type Api, type Schemas } from "../api/client";
import { useChange } from "../api/queries";
import { Failure, fieldError } from "../parts/failure";
import { later } from "../parts/later";
import { offerUndo } from "../parts/undo";
import { useWords, type Key } from "../words/words";
import { Codes } from "./codes";
import { usePasskey } from "./passkey";
import { useFactors, useProven } from "./prove";
import { Section } from "./section";

type Factor = Schemas["Factor"];

const EnrolApp = later(async () => (await import("./enrol_app")).EnrolApp);

export function Factors() {
  const { t, n } = useWords();
  const list = useFactors();
  const [app, setApp] = useState<Schemas["StartTotpResponse"]>();
  const [codes, setCodes] = useState<string[]>([]);
  const start = useProven((to) => answer(to.POST("/v1/me/factors:startTotp", { body: {} })), [], setApp);
  const again = useProven((to) => answer(to.POST("/v1/me/factors:regenerateRecoveryCodes", { body: {} })), ["factors"], (out) => setCodes(out.recoveryCodes));
  const rows = list.data?.factors ?? [];
  return (
    <Section title={t("factors.title")} lead={t("factors.lead")}>
      <Failure error={list.error} again={() => void list.refetch()} />
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t("factors.none")}</Text>}
      <Stack gap="xs">{rows.map((one) => <One key={one.id} one={one} />)}</Stack>
      <Text size="sm" c="dimmed" mt="sm">{t("factors.add.hint")}</Text>
      <Group mt="xs">
        <AddPasskey codes={setCodes} />
        <Button variant="default" loading={start.isPending} onClick={() => start.go(undefined)}>{t("factors.add.totp")}</Button>
      </Group>
      <Failure error={start.error ?? again.error} />
      {rows.length > 0 && (
        <Group mt="sm">
          <Text>{n("codes.left", list.data?.recoveryCodesLeft ?? 0)}</Text>
          <Button size="compact-md" variant="default" loading={again.isPending} onClick={() => again.go(undefined)}>{t("codes.again")}</Button>
        </Group>
      )}
      {start.dialog}
      {again.dialog}
      {app && <EnrolApp app={app} close={() => setApp(undefined)} done={(made) => { setApp(undefined); setCodes(made); }} />}
      {codes.length > 0 && <Codes codes={codes} close={() => setCodes([])} />}
    </Section>
  );
}

function AddPasskey({ codes }: { codes: (made: string[]) => void }) {
  const { t } = useWords();
  const passkey = usePasskey();
  const enrol = useChange((to, given: { challengeId: string; credentialJson: string }) =>
    answer(to.POST("/v1/me/factors:addPasskey", { body: { answer: given, name: "" } })), ["factors"]);
  const start = useProven((to) => answer(to.POST("/v1/me/factors:startPasskey", { body: {} })), [], (challenge) => {
    void passkey.create(challenge).then((given) => given && enrol.mutate(given, { onSuccess: (out) => codes(out.recoveryCodes) }));
  });
  return (
    <>
      <Button variant="default" loading={start.isPending || passkey.busy || enrol.isPending} onClick={() => start.go(undefined)}>{t("factors.add.passkey")}</Button>
      {passkey.failed && <Text role="alert">{t("passkey.failed")}</Text>}
      <Failure error={start.error ?? enrol.error} />
      {start.dialog}
    </>
  );
}

function One({ one }: { one: Factor }) {
  const { t, day } = useWords();
  const [naming, setNaming] = useState(false);
  const kind = t(`factor.kind.${one.kind}` as Key);
  const remove = useProven((to: Api) => answer(to.POST("/v1/me/factors/{factorId}:remove", { params: { path: { factorId: one.id } }, body: {} })), ["factors"], () => undefined);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.name || kind}</Text>
        <small>{kind}{one.createTime && ` · ${t("factors.since")} ${day(one.createTime)}`}{one.useTime && ` · ${t("factors.used")} ${day(one.useTime)}`}</small>
        <Failure error={remove.error} />
        {naming && <Rename one={one} close={() => setNaming(false)} />}
      </div>
      {!naming && <Button variant="default" onClick={() => setNaming(true)}>{t("factors.rename")}</Button>}
      <Button variant="default" loading={remove.isPending} aria-label={t("factors.remove.label", { what: one.name || kind })} onClick={() => remove.go(undefined)}>{t("factors.remove")}</Button>
      {remove.dialog}
    </div>
  );
}

function Rename({ one, close }: { one: Factor; close: () => void }) {
  const { t } = useWords();
  const [name, setName] = useState(one.name);
  const call = (wanted: string) => (to: Api) => to.POST("/v1/me/factors/{factorId}:rename", { params: { path: { factorId: one.id } }, body: { name: wanted } });
  const rename = useChange((to, wanted: string) => answer(call(wanted)(to)), ["factors"]);
  const submit = () => rename.mutate(name, {
    onSuccess: () => { close(); offerUndo(t("account.renamed", { name }), call(one.name)); },
  });
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Group align="start" mt="xs">
        <TextInput aria-label={t("field.name")} autoFocus value={name} onChange={(event) => setName(event.currentTarget.value)} error={fieldError(rename.error, "name")} />
        <Button type="submit" loading={rename.isPending}>{t("site.submit")}</Button>
        <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
      </Group>
      <Failure error={rename.error} />
    </form>
  );
}
