// Réduire: the company leaves less of an access that it gave, lower rights and a
// nearer end. It takes effect at once and asks nobody.
import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useWords, type Key } from "../words/words";
import { refreshed, type Consent } from "./consents";
import { levels, useLabel, type Level } from "./features";

export function Narrow({ consent, close }: { consent: Consent; close: () => void }) {
  const { t } = useWords();
  const [end, setEnd] = useState("");
  const [lowered, setLowered] = useState<Record<string, Level>>({});
  const wish = {
    expireTime: end === "" ? undefined : new Date(`${end}T23:59:59`).toISOString(),
    rights: Object.entries(lowered).map(([feature, level]) => ({ feature, level })),
  };
  const key = useKey([consent.id, end, lowered]);
  const call = (to: Api) =>
    to.POST("/v1/consents/{consentId}:narrow", { params: { path: { consentId: consent.id }, header: { "Idempotency-Key": key } }, body: wish });
  const narrow = useChange((to) => answer(call(to)), refreshed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    narrow.mutate(undefined, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={t("narrow.title")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <Text>{t("narrow.lead", { who: consent.collaboratorName })}</Text>
          <TextInput
            type="date" label={t("narrow.end")} description={t("narrow.end.hint")} value={end} max={consent.expireTime?.slice(0, 10)}
            error={fieldError(narrow.error, "expireTime")} onChange={(event) => setEnd(event.currentTarget.value)}
          />
          <Rights consent={consent} lowered={lowered} lower={(feature, level) => setLowered({ ...lowered, [feature]: level })} />
          <Failure error={narrow.error} />
          <Group justify="space-between">
            <AsCurl call={call} />
            <Group>
              <Button variant="default" onClick={close}>{t("site.cancel")}</Button>
              <Button type="submit" loading={narrow.isPending} disabled={end === "" && wish.rights.length === 0}>{t("narrow.button")}</Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type RightsProps = { consent: Consent; lowered: Record<string, Level>; lower: (feature: string, level: Level) => void };

// Rights offers each right at its level and at those below.
function Rights({ consent, lowered, lower }: RightsProps) {
  const { t } = useWords();
  const label = useLabel();
  return consent.grantedRights.filter((one) => one.level !== "LEVEL_NONE").map((one) => (
    <Select
      key={one.feature} label={label(one.feature)} allowDeselect={false} value={lowered[one.feature] ?? one.level} comboboxProps={{ withinPortal: false }}
      data={levels.slice(0, levels.indexOf(one.level) + 1).map((level) => ({ value: level, label: t(`level.${level}` as Key) }))}
      onChange={(level) => lower(one.feature, level as Level)}
    />
  ));
}
