// Who was assigned when: a lane for each, from the asking to the end.
import { short } from "../parts/state";
import { useWords, type Key } from "../words/words";
import type { Assignment } from "./list";

const width = 560;
const lane = 34;

export function Lanes({ assignments }: { assignments: Assignment[] }) {
  const { t, day } = useWords();
  const now = Date.now();
  const starts = assignments.map((one) => at(one.createTime) ?? now);
  const ends = assignments.map((one) => at(one.endTime) ?? at(one.expireTime) ?? now);
  const from = Math.min(...starts);
  const to = Math.max(now, ...ends, from + 1);
  const x = (time: number) => ((time - from) / (to - from)) * width;
  const height = assignments.length * lane + 20;
  return (
    <svg className="lanes" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("dossier.history")}>
      {assignments.map((one, i) => {
        const state = short("ASSIGNMENT_STATE_", one.state);
        const words = `${one.collaboratorName} · ${t(`assignment.${state}` as Key)}`;
        return (
          <g key={one.id} transform={`translate(0 ${i * lane})`}>
            <title>{words}</title>
            <text x={Math.min(x(starts[i]!), width - 220)} y={12}>{words}</text>
            <rect className={tone(state)} x={x(starts[i]!)} y={17} width={Math.max(4, x(ends[i]!) - x(starts[i]!))} height={8} rx={4} />
          </g>
        );
      })}
      <line x1={x(now)} x2={x(now)} y1={0} y2={height - 16} strokeDasharray="3 3" />
      <text x={0} y={height - 4}>{day(new Date(from).toISOString())}</text>
      <text x={width} y={height - 4} textAnchor="end">{day(new Date(to).toISOString())}</text>
    </svg>
  );
}

const at = (time: string | null): number | undefined => (time === null ? undefined : new Date(time).getTime());

function tone(state: string): string {
  return state === "ACTIVE" ? "good" : state === "ENDED" ? "soft" : "wait";
}
