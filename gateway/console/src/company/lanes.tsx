// Who could come in when: a lane for each access, from the asking to the end,
// with a point for every visit. The same is told in words for who does not see.
import { useElementSize } from "@mantine/hooks";
import { useWords, type Key } from "../words/words";
import type { Consent, Visit } from "./consents";

const usual = 560;
const lane = 38;
const least = 4; // so that what was short is seen

type Props = { consents: Consent[]; visits: Visit[]; label: string };

export function Lanes({ consents, visits, label }: Props) {
  const { t, day } = useWords();
  const { ref, width: own } = useElementSize();
  const width = own || usual; // its letters stay as large as they are elsewhere
  const now = Date.now();
  const spans = consents.map((one) => spanOf(one, now));
  const from = Math.min(now - 86_400_000, ...spans.map((one) => one.asked));
  const to = Math.max(now, ...spans.map((one) => one.over).filter(Number.isFinite));
  const x = (time: number) => Math.max(0, Math.min(width - least, ((time - from) / (to - from)) * width));
  const height = consents.length * lane + 20;
  return (
    <div ref={ref}>
      <svg className="lanes" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {consents.map((one, i) => {
          const { asked, given, over } = spans[i]!;
          const came = visits.filter((visit) => visit.consentId === one.id);
          return (
            <g key={one.id} transform={`translate(0 ${i * lane})`}>
              <title>{`${one.collaboratorName} · ${t(wordOf(one))}`}</title>
              <text x={Math.max(0, Math.min(x(asked), width - 240))} y={13}>{`${one.collaboratorName} · ${t(wordOf(one))}`}</text>
              <rect className="wait" x={x(asked)} y={22} width={Math.max(least, x(given ?? over) - x(asked))} height={3} />
              {given !== undefined && (
                <rect className={one.state === "CONSENT_STATE_GIVEN" ? "good" : "soft"} x={x(given)} y={19} width={Math.max(least, x(over) - x(given))} height={9} rx={4} />
              )}
              {came.map((visit) => <circle key={visit.time} className="mark" cx={x(new Date(visit.time).getTime())} cy={23.5} r={3} />)}
            </g>
          );
        })}
        <line x1={x(now)} x2={x(now)} y1={0} y2={height - 16} strokeDasharray="3 3" />
        <text x={0} y={height - 4}>{day(new Date(from).toISOString())}</text>
        <text x={width} y={height - 4} textAnchor="end">{day(new Date(to).toISOString())}</text>
      </svg>
    </div>
  );
}

export const wordOf = (one: Consent): Key => `timeline.${one.state.replace("CONSENT_STATE_", "")}` as Key;

type Span = { asked: number; given: number | undefined; over: number };

// spanOf: a request reaches as far as now, and an access without an end as far
// as the picture does.
function spanOf(one: Consent, now: number): Span {
  const asked = at(one.createTime) ?? now;
  const given = at(one.giveTime);
  if (one.state === "CONSENT_STATE_REQUESTED") {
    return { asked, given, over: now };
  }
  const end = at(one.revokeTime) ?? at(given === undefined ? one.requestExpireTime : one.expireTime) ?? Infinity;
  return { asked, given, over: one.state === "CONSENT_STATE_GIVEN" ? end : Math.min(end, now) };
}

const at = (time: string | null): number | undefined => (time === null ? undefined : new Date(time).getTime());
