// The sheet to fill (R112): name, telephone, place, last day (R122), rights.
// Only what was changed is sent; of two who edit the same sheet the second is
// told, and reads it again.
import { Alert, Button, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, Refused, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { fieldError } from "../parts/failure";
import { useWho } from "../shell/who";
import { useWords } from "../words/words";
import { dayOf, lastMinute } from "./days";
import type { Member } from "./grid";
import { Presets } from "./presets";
import { linesOf, Rights, rightsOf, type Lines } from "./rights";
import { Submit } from "./submit";

type Role = Schemas["Role"];
type Form = { givenName: string; familyName: string; phone: string; role: Role; endTime: string; rights: Lines };

const texts = [["givenName", "field.given_name"], ["familyName", "field.family_name"], ["phone", "field.phone"]] as const;

const formOf = (member: Member): Form => ({
  givenName: member.givenName, familyName: member.familyName, phone: member.phone, role: member.role, endTime: dayOf(member.endTime), rights: linesOf(member.rights),
});

// changesOf names what the form says otherwise than the sheet did.
function changesOf(before: Form, form: Form): string[] {
  const names = (Object.keys(form) as (keyof Form)[]).filter((name) => JSON.stringify(form[name]) !== JSON.stringify(before[name]));
  return form.role === "ROLE_MEMBER" ? names : names.filter((name) => name !== "rights");
}

const saveCall = (member: Member, form: Form, mask: string[], key: string) => (to: Api) =>
  to.PATCH("/v1/organizations/{organizationId}/members/{memberId}", {
    params: { path: { organizationId: member.organizationId, memberId: member.id }, header: { "Idempotency-Key": key } },
    body: { updateMask: mask.join(","), etag: member.etag, member: { ...form, endTime: lastMinute(form.endTime), rights: rightsOf(form.rights) } },
  });

export function MemberForm({ member: now, fresh }: { member: Member; fresh: () => void }) {
  const { t } = useWords();
  const [opened] = useState(now);
  const before = formOf(opened);
  // What changed since and is not in the form, such as a suspension, is no conflict.
  const member = JSON.stringify(formOf(now)) === JSON.stringify(before) ? now : opened;
  const [form, setForm] = useState(before);
  const mask = changesOf(before, form);
  const call = saveCall(member, form, mask, useKey([form, member.etag]));
  const save = useChange((to) => answer(call(to)), ["members"]);
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); save.mutate(undefined, { onSuccess: fresh }); }}>
      <Stack>
        {texts.map(([name, label]) => (
          <TextInput
            key={name} label={t(label)} autoComplete="off" value={form[name]} error={fieldError(save.error, `member.${name}`)}
            onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
          />
        ))}
        <RoleSelect member={member} value={form.role} choose={(role) => setForm({ ...form, role })} />
        <TextInput
          type="date" label={t("field.end_date")} description={t("sheet.end.hint")} value={form.endTime} error={fieldError(save.error, "member.endTime")}
          onChange={(event) => setForm({ ...form, endTime: event.currentTarget.value })}
        />
        {form.role === "ROLE_MEMBER" && (
          <>
            <Presets lines={form.rights} choose={(rights) => setForm({ ...form, rights })} />
            <Rights lines={form.rights} change={(rights) => setForm({ ...form, rights })} />
          </>
        )}
        <Outdated error={save.error} fresh={fresh} />
        <Submit label={t("sheet.save")} busy={save.isPending} error={save.error} call={call} disabled={mask.length === 0} />
        <Text role="status" size="sm" c="dimmed">{save.isSuccess && t("sheet.saved")}</Text>
      </Stack>
    </form>
  );
}

function RoleSelect({ member, value, choose }: { member: Member; value: Role; choose: (role: Role) => void }) {
  const { t } = useWords();
  const owner = useWho().data?.here?.role === "ROLE_OWNER" || member.role === "ROLE_OWNER";
  const roles = (["ROLE_MEMBER", "ROLE_ADMIN", "ROLE_OWNER"] as const).filter((role) => role !== "ROLE_OWNER" || owner);
  return (
    <NativeSelect
      label={t("field.role")} value={value} onChange={(event) => choose(event.currentTarget.value as Role)}
      data={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
    />
  );
}

// Outdated: what somebody else saved meanwhile stands; what was typed here is
// given up only by pressing.
function Outdated({ error, fresh }: { error: unknown; fresh: () => void }) {
  const { t } = useWords();
  if (!(error instanceof Refused) || error.problem?.reason !== "ETAG_MISMATCH") {
    return null;
  }
  return (
    <Alert className="card">
      <Button size="compact-md" variant="default" onClick={fresh}>{t("sheet.reread")}</Button>
    </Alert>
  );
}
