// Ajouter un membre (R49, R56): what looks odd about the address is shown first
// (R102, R103), and sent once it was looked at.
import { Alert, Checkbox, List, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { fieldError } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { lastMinute } from "./days";
import { refreshed } from "./invited";
import { Presets } from "./presets";
import { Rights, rightsOf, type Lines } from "./rights";
import { Side } from "./side";
import { Submit } from "./submit";

type Warning = Schemas["InvitationWarning"];
type Role = "ROLE_MEMBER" | "ROLE_ADMIN";
type Form = { givenName: string; familyName: string; email: string; role: Role; until: string; validDays: string; rights: Lines };

const texts = [["givenName", "field.given_name"], ["familyName", "field.family_name"], ["email", "field.email"]] as const;
const terms = ["1", "3", "7", "14", "30"] as const;

const bodyOf = ({ givenName, familyName, email, role, until, validDays, rights }: Form) => ({
  givenName: givenName.trim(), familyName: familyName.trim(), email: email.trim(), role, validDays: Number(validDays),
  memberValidUntil: lastMinute(until), rights: role === "ROLE_MEMBER" ? rightsOf(rights) : [],
});

type Props = { email: string; close: () => void; done: (text: string) => void };

export function Invite({ email, close, done }: Props) {
  const { t, moment } = useWords();
  const organizationId = useHere();
  const [form, setForm] = useState<Form>({ givenName: "", familyName: "", email, role: "ROLE_MEMBER", until: "", validDays: "7", rights: {} });
  const [looked, setLooked] = useState("");
  const key = useKey(form);
  const call = (validateOnly: boolean) => (to: Api) =>
    to.POST("/v1/organizations/{organizationId}/invitations", {
      params: { path: { organizationId }, header: validateOnly ? {} : { "Idempotency-Key": key } }, body: { ...bodyOf(form), validateOnly },
    });
  // A warning that was looked at holds for that address alone.
  const invite = useChange(async (to) => {
    const tried = await answer(call(true)(to));
    const warns = looked !== form.email && tried.warnings.length > 0;
    return warns ? { warnings: tried.warnings } : { warnings: [], sent: await answer(call(false)(to)) };
  }, refreshed);
  const submit = () => invite.mutate(undefined, {
    onSuccess: ({ sent }) => sent && done(t("member.invited", { email: sent.email, at: sent.expireTime ? moment(sent.expireTime) : "" })),
  });
  const change = (part: Partial<Form>) => setForm({ ...form, ...part });
  return (
    <Side title={t("member.add")} close={close}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <Stack>
          {texts.map(([name, label]) => (
            <TextInput
              key={name} label={t(label)} autoComplete="off" inputMode={name === "email" ? "email" : "text"} value={form[name]}
              onChange={(event) => change({ [name]: event.currentTarget.value })} error={fieldError(invite.error, name)}
            />
          ))}
          <Text size="sm" c="dimmed">{t("member.exists")}</Text>
          <Terms form={form} change={change} error={invite.error} />
          <Warnings list={invite.data?.warnings ?? []} looked={looked === form.email} look={(yes) => setLooked(yes ? form.email : "")} />
          <Submit label={t("member.send")} busy={invite.isPending} error={invite.error} call={call(false)} />
        </Stack>
      </form>
    </Side>
  );
}

type TermsProps = { form: Form; change: (part: Partial<Form>) => void; error: unknown };

function Terms({ form, change, error }: TermsProps) {
  const { t } = useWords();
  return (
    <>
      <NativeSelect
        label={t("field.role")} value={form.role} onChange={(event) => change({ role: event.currentTarget.value as Role })}
        data={(["ROLE_MEMBER", "ROLE_ADMIN"] as const).map((role) => ({ value: role, label: t(`role.${role}`) }))}
      />
      <TextInput
        type="date" label={t("field.until")} description={t("hint.until")} value={form.until} error={fieldError(error, "memberValidUntil")}
        onChange={(event) => change({ until: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("field.valid_days")} value={form.validDays} onChange={(event) => change({ validDays: event.currentTarget.value })}
        data={terms.map((days) => ({ value: days, label: t(`member.days.${days}`) }))}
      />
      {form.role === "ROLE_MEMBER" && (
        <>
          <Presets lines={form.rights} choose={(rights) => change({ rights })} />
          <Rights lines={form.rights} change={(rights) => change({ rights })} />
        </>
      )}
    </>
  );
}

function Warnings({ list, looked, look }: { list: Warning[]; looked: boolean; look: (yes: boolean) => void }) {
  const { t } = useWords();
  if (list.length === 0) {
    return null;
  }
  return (
    <Alert className="card" role="alert">
      <List size="sm">{list.map((one) => <List.Item key={one.message}>{one.message}</List.Item>)}</List>
      <Text size="sm" my="xs">{t("member.warned")}</Text>
      <Checkbox checked={looked} onChange={(event) => look(event.currentTarget.checked)} label={t("field.confirm_warnings")} />
    </Alert>
  );
}
