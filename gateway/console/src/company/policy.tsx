// The rules of the accesses that the company gives: each with its meaning, and
// a change that is taken back with one press.
import { Checkbox, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { newKey, useChange, useKey } from "../api/queries";
import { Failure, fieldError } from "../parts/failure";
import { offerUndo } from "../parts/undo";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Submit } from "./submit";

type Policy = Schemas["ConsentPolicy"];
type Form = { inactivityDays: string; reconfirmDays: string; secondFactor: boolean; noVisitMails: boolean; noDailyDigest: boolean; noLedgerMails: boolean };

const counts = [["inactivityDays", "field.inactivity_days", "policy.inactivity.hint"], ["reconfirmDays", "field.reconfirm_days", "policy.reconfirm.hint"]] as const;
const boxes = [
  ["secondFactor", "policy.second_factor", "policy.second_factor.hint"], ["noVisitMails", "policy.no_visit_mails", "policy.no_visit_mails.hint"],
  ["noDailyDigest", "policy.no_daily_digest", "policy.no_daily_digest.hint"],
  ["noLedgerMails", "policy.no_ledger_mails", "policy.no_ledger_mails.hint"],
] as const;

export function PolicyScreen() {
  const { t } = useWords();
  const organizationId = useHere();
  const policy = useQuery({
    queryKey: ["policy", organizationId],
    queryFn: () => answer(api.GET("/v1/organizations/{organizationId}/consent-policy", { params: { path: { organizationId } } })),
  });
  return (
    <>
      <Title order={1}>{t("policy.title")}</Title>
      <Text c="dimmed">{t("policy.lead")}</Text>
      <Failure error={policy.error} again={() => void policy.refetch()} />
      {policy.isPending && <Skeleton height={320} mt="md" radius="md" />}
      {policy.data && <PolicyForm policy={policy.data} />}
    </>
  );
}

// count reads a number of days; what is none is out of every bound, and the
// API says which.
const count = (typed: string): number => (/^\d{1,6}$/.test(typed.trim()) ? Number(typed) : -1);

const bodyOf = (form: Form): Policy => ({ ...form, inactivityDays: count(form.inactivityDays), reconfirmDays: count(form.reconfirmDays) });

const formOf = (policy: Policy): Form => ({ ...policy, inactivityDays: String(policy.inactivityDays), reconfirmDays: String(policy.reconfirmDays) });

function PolicyForm({ policy }: { policy: Policy }) {
  const { t } = useWords();
  const organizationId = useHere();
  const [form, setForm] = useState(formOf(policy));
  const wanted = bodyOf(form);
  const key = useKey(wanted);
  const call = (chosen: Policy, once: string) => (to: Api) =>
    to.PATCH("/v1/organizations/{organizationId}/consent-policy", { params: { path: { organizationId }, header: { "Idempotency-Key": once } }, body: { policy: chosen } });
  const save = useChange((to) => answer(call(wanted, key)(to)), ["policy"]);
  const submit = () => save.mutate(undefined, {
    onSuccess: () => offerUndo(t("policy.saved"), call(policy, newKey()), () => setForm(formOf(policy))),
  });
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Stack maw={620} mt="md">
        {counts.map(([name, label, hint]) => (
          <TextInput
            key={name} label={t(label)} description={t(hint)} inputMode="numeric" autoComplete="off" value={form[name]}
            onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })} error={fieldError(save.error, `policy.${name}`)}
          />
        ))}
        {boxes.map(([name, label, hint]) => (
          <Checkbox
            key={name} label={t(label)} description={t(hint)} checked={form[name]} onChange={(event) => setForm({ ...form, [name]: event.currentTarget.checked })}
          />
        ))}
        <Submit label={t("policy.save")} busy={save.isPending} error={save.error} call={call(wanted, key)} />
      </Stack>
    </form>
  );
}
