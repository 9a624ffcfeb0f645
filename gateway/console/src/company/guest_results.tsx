// What became of a list, or would: counts, and the lines, those to correct
// before the others.
import { List, Text, Title } from "@mantine/core";
import { useWords } from "../words/words";
import type { Result } from "./guests";

const outcomes = ["CREATED", "RENEWED", "UNCHANGED", "LINKED", "REFUSED"] as const;

type Outcome = (typeof outcomes)[number];

const is = (one: Result, outcome: Outcome): boolean => one.outcome === `INVITATION_OUTCOME_${outcome}`;

export function Results({ results, done }: { results: Result[]; done: boolean }) {
  const { t, n } = useWords();
  const counts = outcomes.map((outcome) => ({ outcome, count: results.filter((one) => is(one, outcome)).length })).filter((one) => one.count > 0);
  const refused = results.some((one) => is(one, "REFUSED"));
  return (
    <>
      <Title order={2} size="h3">{t(done ? "import.done" : "import.preview")}</Title>
      {!done && <Text c="dimmed">{t("import.preview.lead")}</Text>}
      <List my="sm">
        {counts.map(({ outcome, count }) => <List.Item key={outcome}>{n(`${done ? "import" : "import.would"}.INVITATION_OUTCOME_${outcome}`, count)}</List.Item>)}
      </List>
      {refused && <Text size="sm">{t("import.again")}</Text>}
      <Lines results={results} />
    </>
  );
}

function Lines({ results }: { results: Result[] }) {
  const { t } = useWords();
  const sorted = results.toSorted((a, b) => Number(is(b, "REFUSED")) - Number(is(a, "REFUSED")));
  return (
    <ul className="results" tabIndex={0} aria-label={t("import.lines")}>
      {sorted.map((one) => (
        <li key={one.key}>
          <span>{t("import.line")} {one.key} {one.invitation && ` · ${one.invitation.email}`}</span>
          <span className={is(one, "REFUSED") ? "bad" : "good"}>{wordOf(one) ?? t(`import.outcome.${outcomes.find((each) => is(one, each)) ?? "CREATED"}`)}</span>
        </li>
      ))}
    </ul>
  );
}

// wordOf is what the API says of the line, in the person's language; a warning
// goes before.
function wordOf(one: Result): string | undefined {
  const warned = one.invitation?.warnings.map((warning) => warning.message).join(" ");
  return warned || one.message || undefined;
}
