// How long the partner proposes: a span, or until the end of a day.
import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldError } from "../parts/failure";
import { useWords } from "../words/words";

export const week = "604800s";

const spans = [["86400s", "duration.DAY"], [week, "duration.WEEK"], ["2592000s", "duration.MONTH"], ["31536000s", "duration.YEAR"]] as const;

// most is how far ahead a day may be.
const mostDays = 730;

type Props = {
  // value is the API's duration; empty: none yet.
  value: string;
  // choose is told whether that is a whole choice: a day may be missing yet.
  choose: (duration: string, whole: boolean) => void;
  error: unknown;
  // asBefore offers no duration at all, which stands for the last one's.
  asBefore?: string;
};

export function SpanField({ value, choose, error, asBefore }: Props) {
  const { t } = useWords();
  const [day, setDay] = useState<string>();
  const data = [
    ...(asBefore ? [{ value: "", label: asBefore }] : []), ...spans.map(([span, key]) => ({ value: span as string, label: t(key) })),
    { value: "DATE", label: t("duration.DURATION_CHOICE_DATE") },
  ];
  const pick = (choice: string | null) => {
    setDay(choice === "DATE" ? "" : undefined);
    choose(choice === "DATE" ? "" : (choice ?? ""), choice !== "DATE");
  };
  const dated = (value: string) => {
    setDay(value);
    choose(untilEndOf(value), untilEndOf(value) !== "");
  };
  const refused = fieldError(error, "proposedDuration") ?? fieldError(error, "handOver.proposedDuration");
  return (
    <>
      <Select
        label={t("field.proposed_duration")} description={t("assign.duration.hint")} allowDeselect={false} value={day === undefined ? value : "DATE"}
        data={data} onChange={pick} error={day === undefined && refused} comboboxProps={{ withinPortal: false }}
      />
      {day !== undefined && (
        <TextInput
          type="date" required label={t("field.end_date")} description={t("duration.date_hint")} min={dayAfter(0)} max={dayAfter(mostDays)} value={day} error={refused}
          onChange={(event) => dated(event.currentTarget.value)}
        />
      )}
    </>
  );
}

// untilEndOf is taken once, when the day is chosen: a wish that is repeated is
// the same to the second.
function untilEndOf(day: string): string {
  const left = Math.round((new Date(`${day}T23:59:59`).getTime() - Date.now()) / 1000);
  return Number.isFinite(left) ? `${left}s` : "";
}

function dayAfter(days: number): string {
  const at = new Date();
  at.setDate(at.getDate() + days);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
