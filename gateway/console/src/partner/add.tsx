// + Ajouter un collaborateur (R11, R12): the mail leaves at once (R13).
import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

type Role = "PARTNER_ROLE_TECHNICAL_SUPPORT" | "PARTNER_ROLE_ACCOUNTANT";
type Form = { givenName: string; familyName: string; email: string; partnerRole: Role | null };

const fields = [["givenName", "field.given_name"], ["familyName", "field.family_name"], ["email", "field.email"]] as const;

export function AddCollaborator({ close, done }: { close: () => void; done: (text: string) => void }) {
  const { t } = useWords();
  const partnerId = useHere();
  const [form, setForm] = useState<Form>({ givenName: "", familyName: "", email: "", partnerRole: null });
  const key = useKey(form);
  const call = (to: Api) =>
    to.POST("/v1/partners/{partnerId}/collaborators", {
      params: { path: { partnerId }, header: { "Idempotency-Key": key } },
      body: { ...form, partnerRole: form.partnerRole ?? "PARTNER_ROLE_TECHNICAL_SUPPORT" },
    });
  const add = useChange((to) => answer(call(to)), ["collaborators"]);
  const submit = () => add.mutate(undefined, {
    onSuccess: () => done(t("collaborator.added", { name: `${form.givenName} ${form.familyName}`, email: form.email })),
  });
  return (
    <Modal opened onClose={close} title={t("collaborator.add")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <Stack>
          {fields.map(([name, label], i) => (
            <TextInput
              key={name} data-autofocus={i === 0 || undefined} label={t(label)} inputMode={name === "email" ? "email" : "text"} autoComplete="off" value={form[name]} onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
              error={fieldError(add.error, name)}
            />
          ))}
          <RoleSelect value={form.partnerRole} choose={(partnerRole) => setForm({ ...form, partnerRole })} />
          <Failure error={add.error} />
          <Group justify="space-between">
            <AsCurl call={call} />
            <Group>
              <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
              <Button type="submit" loading={add.isPending} disabled={form.partnerRole === null}>{t("site.submit")}</Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

// RoleSelect keeps the two roles apart and says which is the right one (R7).
function RoleSelect({ value, choose }: { value: Role | null; choose: (role: Role) => void }) {
  const { t } = useWords();
  const roles: Role[] = ["PARTNER_ROLE_TECHNICAL_SUPPORT", "PARTNER_ROLE_ACCOUNTANT"];
  return (
    <div>
      <Select
        required label={t("field.partner_role")} placeholder={t("collaborator.choose")} allowDeselect={false} value={value}
        data={roles.map((role) => ({ value: role, label: t(`partner_role.${role}`) }))} onChange={(role) => choose(role as Role)}
        comboboxProps={{ withinPortal: false }}
      />
      {value && <Text size="sm" c="dimmed" mt={4}>{t(value === "PARTNER_ROLE_ACCOUNTANT" ? "collaborator.role.accountant" : "collaborator.role.support")}</Text>}
    </div>
  );
}
