// Affecter un support: whom, why, for how long; then a result for every row.
import { Button, Group, Modal, Progress as Bar, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useChange } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import type { DossierSearch } from "../router";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { assignCall, targets, useBatch, type Progress, type Wish } from "./batch";
import type { Dossier } from "./list";
import { PersonSelect } from "./person";
import { isTicked, type Selection } from "./selection";

type Props = { search: DossierSearch; selection: Selection; rows: Dossier[]; close: () => void; keep: () => void };

export function Assign(props: Props) {
  const { t } = useWords();
  const partnerId = useHere();
  const batch = useBatch(partnerId);
  const [wish, setWish] = useState<Wish>({ collaboratorId: "", reason: "", proposedDuration: "604800s" });
  const start = useChange(async () => batch.run(await targets(partnerId, props), wish, []), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(undefined);
  };
  const progress = batch.progress;
  const leave = progress ? props.close : props.keep;
  return (
    <Modal opened onClose={leave} title={t("assign.title")} size="lg" closeButtonProps={{ "aria-label": t("site.close") }}>
      {progress ? (
        <Outcome progress={progress} error={batch.error} again={() => void batch.run(progress.all, wish, progress.results)} close={props.close} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <Fields wish={wish} change={(part) => setWish({ ...wish, ...part })} error={start.error} />
            <Failure error={start.error} />
            {start.isPending && <Text aria-live="polite">{t("assign.reading")}</Text>}
            <Group justify="space-between">
              <AsCurl call={assignCall(partnerId, batch.key, wish, props.rows.filter((one) => isTicked(props.selection, one.id)).map((one) => one.id))} />
              <Group>
                <Button variant="default" onClick={leave}>{t("site.cancel")}</Button>
                <Button type="submit" loading={start.isPending} disabled={wish.collaboratorId === ""}>{t("site.submit")}</Button>
              </Group>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

type FieldsProps = { wish: Wish; change: (part: Partial<Wish>) => void; error: unknown };

function Fields({ wish, change, error }: FieldsProps) {
  const { t } = useWords();
  const spans = [["86400s", "duration.DAY"], ["604800s", "duration.WEEK"], ["2592000s", "duration.MONTH"], ["31536000s", "duration.YEAR"]] as const;
  return (
    <>
      <PersonSelect label={t("field.support")} value={wish.collaboratorId} choose={(id) => change({ collaboratorId: id })} />
      <TextInput
        label={t("field.reason")} maxLength={200} value={wish.reason} onChange={(event) => change({ reason: event.currentTarget.value })}
        error={fieldError(error, "reason")}
      />
      <Select
        label={t("field.proposed_duration")} description={t("assign.duration.hint")} allowDeselect={false} value={wish.proposedDuration}
        data={spans.map(([value, key]) => ({ value, label: t(key) }))} onChange={(value) => change({ proposedDuration: value ?? "604800s" })}
        comboboxProps={{ withinPortal: false }}
      />
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
      <ul className="results" tabIndex={0} aria-label={t("assign.title")}>
        {[...results].sort((x, y) => Number(y.refused !== "") - Number(x.refused !== "")).slice(0, 1000).map((one) => (
          <li key={one.id}>
            <span>{one.name}</span>
            <span className={one.refused ? "bad" : "good"}>{one.refused || one.warning || t("assign.good")}</span>
          </li>
        ))}
      </ul>
      <Group justify="end"><Button onClick={close} disabled={!done && error === null}>{t("site.close")}</Button></Group>
    </Stack>
  );
}
