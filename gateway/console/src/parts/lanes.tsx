// Who could come in when, as a picture: a lane for each access, from the asking
// to the end, with a point for every visit. The same stands beside it in words.
import { useElementSize } from "@mantine/hooks";
import { useWords } from "../words/words";

export type Bar = { tone: "wait" | "good" | "soft"; from: number; to: number };

// Lane has times in milliseconds; a bar to Infinity reaches the edge.
export type Lane = { id: string; words: string; bars: Bar[]; visits: number[] };

const usual = 560;
const height = 36;
const least = 4; // so that what was short is seen
const day = 86_400_000;

export function Lanes({ lanes, label }: { lanes: Lane[]; label: string }) {
  const words = useWords();
  const { ref, width: own } = useElementSize();
  const width = own || usual; // its letters stay as large as they are elsewhere
  const now = Date.now();
  const bars = lanes.flatMap((one) => one.bars);
  const from = Math.min(now - day, ...bars.map((one) => one.from));
  const to = Math.max(now, ...bars.map((one) => one.to).filter(Number.isFinite));
  const x = (time: number) => Math.min(1, (time - from) / (to - from)) * (width - least);
  const foot = lanes.length * height + 16;
  return (
    <div ref={ref}>
      <svg className="lanes" viewBox={`0 0 ${width} ${foot + 4}`} role="img" aria-label={label}>
        {lanes.map((one, i) => <Row key={one.id} one={one} y={i * height} x={x} width={width} />)}
        <line x1={x(now)} x2={x(now)} y1={0} y2={foot - 12} strokeDasharray="3 3" />
        <text x={0} y={foot}>{words.day(new Date(from).toISOString())}</text>
        <text x={width} y={foot} textAnchor="end">{words.day(new Date(to).toISOString())}</text>
      </svg>
    </div>
  );
}

type RowProps = { one: Lane; y: number; x: (time: number) => number; width: number };

function Row({ one, y, x, width }: RowProps) {
  const start = Math.min(...one.bars.map((bar) => x(bar.from)));
  return (
    <g transform={`translate(0 ${y})`}>
      <title>{one.words}</title>
      <text x={Math.max(0, Math.min(start, width - 240))} y={12}>{one.words}</text>
      {one.bars.map((bar) => (
        <rect key={bar.tone} className={bar.tone} x={x(bar.from)} y={17} width={Math.max(least, x(bar.to) - x(bar.from))} height={8} rx={4} />
      ))}
      {one.visits.map((time) => <circle key={time} className="used" cx={x(time)} cy={21} r={3} />)}
    </g>
  );
}
