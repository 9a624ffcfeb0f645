// A dossier over time: a lane for each assignment, from the asking through the
// yes and the visits to the end; beneath it the same in words.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Lanes as Picture, type Bar } from "../parts/lanes";
import { State } from "../parts/state";
import { useWords, type Key } from "../words/words";
import { standOf, stateOf } from "./list";
import type { Chapter } from "./story";

const at = (time: string | null): number | undefined => (time === null ? undefined : Date.parse(time));
const start = (one: Chapter): number => at(one.assignment.createTime) ?? Date.now();
const planned = (one: Chapter): number => at(one.assignment.endTime) ?? at(one.assignment.expireTime) ?? Date.now();
const over = (one: Chapter): number => Math.min(at(one.assignment.endTime) ?? Date.now(), planned(one));

export function Lanes({ chapters }: { chapters: Chapter[] }) {
  const { t } = useWords();
  const lanes = chapters.map((one) => ({
    id: one.assignment.id, words: `${one.assignment.collaboratorName} · ${t(`assignment.${standOf(one.assignment)}` as Key)}`,
    bars: barsOf(one), visits: one.visits.map((visit) => Date.parse(visit.startTime ?? "")),
  }));
  return <Picture lanes={lanes} label={t("dossier.history")} />;
}

// barsOf: what is planned is paler, and beneath what was.
function barsOf(one: Chapter): Bar[] {
  const out: Bar[] = [{ tone: "wait", from: start(one), to: one.given ?? over(one) }];
  if (planned(one) > over(one)) {
    out.unshift({ tone: "soft", from: over(one), to: planned(one) });
  }
  return one.given ? [...out, { tone: "good", from: one.given, to: over(one) }] : out;
}

// Told is the same in words, a chapter for each assignment.
export function Told({ chapters }: { chapters: Chapter[] }) {
  return <>{chapters.map((one) => <Chapters key={one.assignment.id} one={one} />)}</>;
}

function Chapters({ one }: { one: Chapter }) {
  const { t, moment } = useWords();
  const { assignment, given, visits } = one;
  const step = (key: Key, time: string | null): ReactNode => time && <li>{t(key, { at: moment(time) })}</li>;
  const live = assignment.endTime === null;
  return (
    <details className="told">
      <summary>{assignment.collaboratorName} <State family="assignment" name={standOf(assignment)} /></summary>
      <ol>
        {step("story.asked", assignment.createTime)}
        {stateOf(assignment) === "PENDING_CONSENT" && step("story.mail", assignment.requestMailTime)}
        {step("story.unreachable", assignment.unreachableTime)}
        {given && step("story.given", new Date(given).toISOString())}
        {[...visits].reverse().map((visit) => <li key={visit.id}>{t("story.visit", { reason: visit.reason, at: moment(visit.startTime ?? "") })}</li>)}
        {live && step("story.ends", assignment.expireTime)}
        {assignment.endTime && <li>{t("story.ended", { at: moment(assignment.endTime), why: t(`end.${assignment.endReason}` as Key) })}</li>}
      </ol>
      {assignment.consentId && <Text size="xs" c="dimmed">{assignment.consentId}</Text>}
    </details>
  );
}
