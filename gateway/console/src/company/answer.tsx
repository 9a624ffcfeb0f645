// The answer to a request, under its exact text, whose hash goes with the yes.
// Nothing is chosen beforehand; sensitive lines start unticked.
import { Button, Checkbox, Drawer, Group, Radio, Select, Stack, Text } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { answer, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWords, type Key } from "../words/words";
import { refreshed, useConsent, type Consent } from "./consents";

type Text = Schemas["ConsentText"];
type Line = Schemas["RightLine"];
type Level = Schemas["Level"];
type Choice = Schemas["DurationChoice"];
type Rights = Record<string, Level>;

const choices: Choice[] = [
  "DURATION_CHOICE_24_HOURS", "DURATION_CHOICE_1_WEEK", "DURATION_CHOICE_1_MONTH", "DURATION_CHOICE_1_YEAR", "DURATION_CHOICE_UNTIL_STOPPED",
];

type Props = { id: string; close: () => void; done: (text: string) => void };

export function AnswerDrawer({ id, close, done }: Props) {
  const { t } = useWords();
  const asked = useConsent(id);
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={t("consent.answer")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <Failure error={asked.error} again={() => void asked.refetch()} />
      {asked.data?.consent && asked.data.text && (
        <Form key={asked.data.text.hash} consent={asked.data.consent} text={asked.data.text} done={done} />
      )}
    </Drawer>
  );
}

type FormProps = { consent: Consent; text: Text; done: (text: string) => void };

function Form({ consent, text, done }: FormProps) {
  const { t } = useWords();
  const [duration, setDuration] = useState<Choice | "">("");
  const [rights, setRights] = useState<Rights>({});
  const [missing, setMissing] = useState(false);
  const at = { path: { consentId: consent.id }, header: { "Idempotency-Key": useKey([duration, rights, text.hash]) } };
  const yes = (to: Api) => to.POST("/v1/consents/{consentId}:approve", { params: at, body: { answer: yesOf(text, duration, rights) } });
  const approve = useChange((to) => answer(yes(to)), refreshed);
  const refuse = useChange((to, notNow: boolean) => answer(to.POST("/v1/consents/{consentId}:decline", { params: at, body: { notNow } })), refreshed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(duration === "");
    if (duration !== "") {
      approve.mutate(undefined, { onSuccess: () => done(t("answered.GIVEN.text")) });
    }
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Text size="lg" ff="heading">{text.title}</Text>
        {text.paragraphs.map((paragraph) => <Text key={paragraph}>{paragraph}</Text>)}
        <Durations value={duration} choose={setDuration} missing={missing} />
        <Scope lines={text.rights} rights={rights} change={(feature, level) => setRights({ ...rights, [feature]: level })} />
        <Failure error={approve.error ?? refuse.error} />
        <Button type="submit" size="lg" loading={approve.isPending}>{t("consent.yes")}</Button>
        <Group>
          <Button variant="default" loading={refuse.isPending} onClick={() => refuse.mutate(true, { onSuccess: () => done(t("consent.not_now.noted")) })}>{t("consent.answer.not_now")}</Button>
          <Button variant="default" loading={refuse.isPending} onClick={() => refuse.mutate(false, { onSuccess: () => done(t("answered.REFUSED.text")) })}>{t("consent.answer.no")}</Button>
          <AsCurl call={yes} />
        </Group>
      </Stack>
    </form>
  );
}

function yesOf(text: Text, duration: Choice | "", rights: Rights) {
  return {
    duration: duration || ("DURATION_CHOICE_UNSPECIFIED" as const), textHash: text.hash, textLocale: text.locale as "fr" | "en",
    rights: Object.entries(rights).map(([feature, level]) => ({ feature, level })),
  };
}

function Durations({ value, choose, missing }: { value: Choice | ""; choose: (choice: Choice) => void; missing: boolean }) {
  const { t } = useWords();
  return (
    <Radio.Group
      label={t("consent.duration")} description={t("consent.duration.hint")} value={value} onChange={(choice) => choose(choice as Choice)}
      error={missing && value === "" ? t("consent.duration.required") : undefined}
    >
      <Stack gap="xs" mt="xs">{choices.map((choice) => <Radio key={choice} value={choice} label={t(`duration.${choice}` as Key)} />)}</Stack>
    </Radio.Group>
  );
}

type ScopeProps = { lines: Line[]; rights: Rights; change: (feature: string, level: Level) => void };

// Scope may be less than what was asked, line by line, and never more.
function Scope({ lines, rights, change }: ScopeProps) {
  const { t } = useWords();
  const less: Level[] = ["LEVEL_GUEST", "LEVEL_NONE"];
  return (
    <Stack gap="xs">
      <Text fw={600}>{t("consent.rights")}</Text>
      {lines.filter((line) => !line.sensitive).map((line) => (
        <Select
          key={line.feature} label={line.label} allowDeselect={false} value={rights[line.feature] ?? line.right?.level ?? null}
          data={[line.right?.level ?? "LEVEL_NONE", ...less.filter((level) => level !== line.right?.level)].map((level) => ({
            value: level, label: level === line.right?.level ? t("consent.rights.asked") : t(`consent.rights.${level}` as Key),
          }))}
          onChange={(level) => change(line.feature, level as Level)} comboboxProps={{ withinPortal: false }}
        />
      ))}
      {lines.some((line) => line.sensitive) && <Text fw={600}>{t("consent.sensitive")}</Text>}
      {lines.filter((line) => line.sensitive).map((line) => (
        <Checkbox
          key={line.feature} label={line.label} checked={(rights[line.feature] ?? "LEVEL_NONE") !== "LEVEL_NONE"}
          onChange={(event) => change(line.feature, event.currentTarget.checked ? line.right?.level ?? "LEVEL_GUEST" : "LEVEL_NONE")}
        />
      ))}
    </Stack>
  );
}
