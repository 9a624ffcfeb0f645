// A dossier over time: a lane for each assignment, from the asking through the
// yes and the visits to the end; beneath it the same in words.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { short, State } from "../parts/state";
import { useWords, type Key } from "../words/words";
import { stateOf } from "./list";
import type { Chapter } from "./story";

const width = 560;
const lane = 34;

const at = (time: string | null): number | undefined => (time === null ? undefined : Date.parse(time));
const start = (one: Chapter): number => at(one.assignment.createTime) ?? Date.now();
const planned = (one: Chapter): number => at(one.assignment.endTime) ?? at(one.assignment.expireTime) ?? Date.now();
const over = (one: Chapter): number => Math.min(at(one.assignment.endTime) ?? Date.now(), planned(one));

export function Lanes({ chapters }: { chapters: Chapter[] }) {
  const { t, day } = useWords();
  const from = Math.min(...chapters.map(start));
  const to = Math.max(Date.now(), from + 1, ...chapters.map(planned));
  const x = (time: number) => ((time - from) / (to - from)) * width;
  const height = chapters.length * lane + 20;
  return (
    <svg className="lanes" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("dossier.history")}>
      {chapters.map((one, i) => <Lane key={one.assignment.id} one={one} y={i * lane} x={x} />)}
      <line x1={x(Date.now())} x2={x(Date.now())} y1={0} y2={height - 16} strokeDasharray="3 3" />
      <text x={0} y={height - 4}>{day(new Date(from).toISOString())}</text>
      <text x={width} y={height - 4} textAnchor="end">{day(new Date(to).toISOString())}</text>
    </svg>
  );
}

type LaneProps = { one: Chapter; y: number; x: (time: number) => number };

function Lane({ one, y, x }: LaneProps) {
  const { t } = useWords();
  const words = `${one.assignment.collaboratorName} · ${t(`assignment.${stateOf(one.assignment)}` as Key)}`;
  const bar = (tone: string, from: number, to: number) => <rect className={tone} x={x(from)} y={17} width={Math.max(3, x(to) - x(from))} height={8} rx={4} />;
  return (
    <g transform={`translate(0 ${y})`}>
      <title>{words}</title>
      <text x={Math.min(x(start(one)), width - 220)} y={12}>{words}</text>
      {planned(one) > over(one) && bar("soft", over(one), planned(one))}
      {bar("wait", start(one), one.given ?? over(one))}
      {one.given && bar("good", one.given, over(one))}
      {one.visits.map((visit) => <circle key={visit.id} className="used" cx={x(Date.parse(visit.startTime ?? ""))} cy={21} r={3} />)}
    </g>
  );
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
      <summary>{assignment.collaboratorName} <State family="assignment" name={short("ASSIGNMENT_STATE_", assignment.state)} /></summary>
      <ol>
        {step("story.asked", assignment.createTime)}
        {stateOf(assignment) === "PENDING_CONSENT" && step("story.mail", assignment.requestMailTime)}
        {given && step("story.given", new Date(given).toISOString())}
        {[...visits].reverse().map((visit) => <li key={visit.id}>{t("story.visit", { reason: visit.reason, at: moment(visit.startTime ?? "") })}</li>)}
        {live && step("story.ends", assignment.expireTime)}
        {assignment.endTime && <li>{t("story.ended", { at: moment(assignment.endTime), why: t(`end.${assignment.endReason}` as Key) })}</li>}
      </ol>
      {assignment.consentId && <Text size="xs" c="dimmed">{assignment.consentId}</Text>}
    </details>
  );
}
