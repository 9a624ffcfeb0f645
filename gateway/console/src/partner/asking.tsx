// What a client is asked with: why, for how long, at once or with others. Then
// how far it has come, and a result for every pair.
import { Button, Checkbox, Group, Modal, Progress as Bar, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { useChange } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { assignCall, useBatch, type Pair, type Progress, type Wish } from "./batch";
import { SpanField, week } from "./span";

type Props = {
  // shown are the pairs that are known already; all reads every one.
  shown: Pair[];
  all: () => Promise<Pair[]>;
  // close comes after the asking, keep before it.
  close: () => void;
  keep: () => void;
  ready: boolean;
  children?: ReactNode;
};

export function Asking({ shown, all, close, keep, ready, children }: Props) {
  const { t } = useWords();
  const partnerId = useHere();
  const [wish, setWish] = useState<Wish>({ reason: "", proposedDuration: week, urgent: false });
  const batch = useBatch(partnerId, wish, shown[0]);
  const start = useChange(async () => batch.run(await all()), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(undefined);
  };
  const progress = batch.progress;
  const leave = progress ? close : keep;
  return (
    <Modal opened onClose={leave} closeOnClickOutside={!progress} title={t("assign.title")} size="lg" closeButtonProps={{ "aria-label": t("site.close") }}>
      {progress && <Outcome progress={progress} error={batch.error} again={() => void batch.run(progress.all, progress.results)} close={close} />}
      <form noValidate hidden={Boolean(progress)} onSubmit={submit}>
        <Stack>
          {children}
          <Fields wish={wish} change={(part) => setWish({ ...wish, ...part })} error={start.error} />
          <Failure error={start.error} />
          {start.isPending && <Text aria-live="polite">{t("assign.reading")}</Text>}
          <Group justify="space-between">
            <AsCurl call={assignCall(partnerId, batch.key, wish, shown)} />
            <Group>
              <Button variant="default" onClick={leave}>{t("site.cancel")}</Button>
              <Button type="submit" loading={start.isPending} disabled={!ready || wish.proposedDuration === ""}>{t("site.submit")}</Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type FieldsProps = { wish: Wish; change: (part: Partial<Wish>) => void; error: unknown };

function Fields({ wish, change, error }: FieldsProps) {
  const { t } = useWords();
  return (
    <>
      <TextInput
        label={t("field.reason")} value={wish.reason} onChange={(event) => change({ reason: event.currentTarget.value })}
        error={fieldError(error, "reason")}
      />
      <SpanField value={wish.proposedDuration} choose={(proposedDuration) => change({ proposedDuration })} error={error} />
      <Checkbox label={t("field.urgent")} checked={wish.urgent} onChange={(event) => change({ urgent: event.currentTarget.checked })} />
    </>
  );
}

type OutcomeProps = { progress: Progress; error: unknown; again: () => void; close: () => void };

function Outcome({ progress, error, again, close }: OutcomeProps) {
  const { t } = useWords();
  const { all, results, done } = progress;
  const good = results.filter((one) => one.refused === "").length;
  const text = t("assign.progress", { done: results.length, all: all.length });
  return (
    <Stack>
      <Bar value={all.length === 0 ? 100 : (100 * results.length) / all.length} aria-label={text} />
      <Text aria-live="polite">{done ? t("assign.done", { good, all: all.length }) : text}</Text>
      <Failure error={error} again={again} />
      <Results rows={results.map((one) => ({ name: one.name, bad: one.refused !== "", text: one.refused || one.warning || t("assign.good") }))} />
      <Group justify="end"><Button onClick={close} disabled={!done && error === null}>{t("site.close")}</Button></Group>
    </Stack>
  );
}

// shownResults bounds what is drawn; what was refused comes first.
const shownResults = 1000;

export function Results({ rows }: { rows: { name: string; bad: boolean; text: string }[] }) {
  const { t } = useWords();
  return (
    <ul className="results" tabIndex={0} aria-label={t("assign.results")}>
      {[...rows].sort((x, y) => Number(y.bad) - Number(x.bad)).slice(0, shownResults).map((one, i) => (
        <li key={i}><span>{one.name}</span><span className={one.bad ? "bad" : "good"}>{one.text}</span></li>
      ))}
    </ul>
  );
}
