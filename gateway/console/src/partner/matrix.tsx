// The grid collaborators × dossiers: only what is in sight is drawn, both ways.
// Cells without an assignment can be painted.
import { Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState, type FocusEvent, type KeyboardEvent } from "react";
import { useWords, type Key, type Words } from "../words/words";
import type { Pair } from "./batch";
import { stateOf, type Dossier } from "./list";
import type { Painting } from "./painting";

export type Column = { id: string; name: string };

type More = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

type Props = { rows: Dossier[]; total: number | undefined; columns: Column[]; more: More; morePeople: More; painting: Painting };

const rowHeight = 40;
const columnWidth = 44;
// ahead is how many rows or columns before the end the next page is read.
const ahead = 20;

const signs: Record<string, string> = { ACTIVE: "●", PENDING_CONSENT: "◐", SUSPENDED: "◌", chosen: "✓" };

export function Matrix(props: Props) {
  const { t } = useWords();
  const { rows, columns, painting } = props;
  const frame = useRef<HTMLDivElement>(null);
  const down = useVirtualizer({ count: rows.length, getScrollElement: () => frame.current, estimateSize: () => rowHeight, overscan: 2 });
  const across = useVirtualizer({ horizontal: true, count: columns.length, getScrollElement: () => frame.current, estimateSize: () => columnWidth, overscan: 1 });
  const shownColumns = across.getVirtualItems();
  useMore(props.more, rows.length - (down.getVirtualItems().at(-1)?.index ?? 0));
  useMore(props.morePeople, columns.length - (shownColumns.at(-1)?.index ?? 0));
  const keys = useKeys(frame, { rows: rows.length, columns: columns.length }, (row, column) => {
    down.scrollToIndex(row);
    across.scrollToIndex(column);
  });
  const width = `calc(var(--matrix-names) + ${across.getTotalSize()}px)`;
  const first = shownColumns[0]?.index ?? 0;
  const shown = useMemo((): Shown[] => columns.slice(first, first + shownColumns.length).map((one, i) => ({
    ...one, index: first + i, left: `calc(var(--matrix-names) + ${(first + i) * columnWidth}px)`,
  })), [columns, first, shownColumns.length]);
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">{t("coverage.grid.hint")}</Text>
      <Legend />
      <div
        ref={frame} className="matrix" role="grid" tabIndex={0} aria-label={t("menu.coverage")} aria-rowcount={(props.total ?? -2) + 1} aria-colcount={columns.length + 1}
        onKeyDown={keys.onKeyDown} onFocus={keys.onFocus} onPointerUp={painting.end} onPointerLeave={painting.end}
      >
        <div className="matrix-head" role="row" aria-rowindex={1} style={{ width }}>
          <span className="matrix-name" role="columnheader">{t("menu.dossiers")}</span>
          {shown.map((one) => <span key={one.id} className="matrix-person" role="columnheader" aria-colindex={one.index + 2} style={{ left: one.left }} title={one.name}>{one.name}</span>)}
        </div>
        <div role="rowgroup" style={{ position: "relative", height: down.getTotalSize(), width }}>
          {down.getVirtualItems().map((item) => (
            <Row key={rows[item.index]!.id} dossier={rows[item.index]!} index={item.index} top={item.start} columns={shown} painting={painting} focus={keys.at} />
          ))}
        </div>
      </div>
    </>
  );
}

function useMore(list: More, left: number) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && left <= ahead) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, left]);
}

type At = { row: number; column: number };

// useKeys goes from cell to cell by the arrow keys; one cell takes part in the
// order of the tabs.
function useKeys(frame: React.RefObject<HTMLDivElement | null>, size: { rows: number; columns: number }, show: (row: number, column: number) => void) {
  const [at, setAt] = useState<At>({ row: 0, column: 0 });
  const moved = useRef(false);
  useEffect(() => {
    const cell = moved.current && frame.current?.querySelector<HTMLElement>(`[data-cell="${at.row} ${at.column}"]`);
    if (cell) {
      moved.current = false;
      cell.focus();
    }
  });
  const steps: Record<string, [number, number]> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    moved.current = step !== undefined;
    if (step === undefined) {
      return;
    }
    event.preventDefault();
    const next = { row: within(at.row + step[0], size.rows), column: within(at.column + step[1], size.columns) };
    show(next.row, next.column);
    setAt(next);
  };
  const onFocus = (event: FocusEvent) => {
    const [row, column] = (event.target as HTMLElement).dataset.cell?.split(" ").map(Number) ?? [];
    if (row !== undefined && column !== undefined) {
      setAt({ row, column });
    }
  };
  return { at, onKeyDown, onFocus };
}

const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));

type Shown = Column & { index: number; left: string };
type RowProps = { dossier: Dossier; index: number; top: number; columns: Shown[]; painting: Painting; focus: At };

// A row in sight is not drawn again while the grid is scrolled down.
const Row = memo(({ dossier, index, top, columns, painting, focus }: RowProps) => {
  const words = useWords();
  return (
    <div className="matrix-row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      <span className="matrix-name" role="rowheader" title={dossier.clientName}>{dossier.clientName}</span>
      {columns.map((one) => (
        <span key={one.id} className="matrix-cell" role="gridcell" aria-colindex={one.index + 2} style={{ left: one.left }}>
          <Cell dossier={dossier} column={one} painting={painting} words={words} at={`${index} ${one.index}`} inTabs={focus.row === index && focus.column === one.index} />
        </span>
      ))}
    </div>
  );
});

type CellProps = { dossier: Dossier; column: Column; painting: Painting; words: Words; at: string; inTabs: boolean };

function Cell({ dossier, column, painting, words, at, inTabs }: CellProps) {
  const { t } = words;
  const held = dossier.assignments.find((one) => one.collaboratorId === column.id);
  const pair: Pair = { collaboratorId: column.id, dossierId: dossier.id, name: t("coverage.pair", { name: column.name, client: dossier.clientName }) };
  const state = held ? stateOf(held) : painting.has(pair) ? "chosen" : "free";
  const said = held ? t(`assignment.${state}` as Key) : t(`coverage.${state}` as Key);
  const paint = held ? {} : {
    // A mouse draws strokes; a finger scrolls, and paints by touching; a key presses.
    onPointerDown: (event: React.PointerEvent) => event.pointerType === "mouse" && event.button === 0 && painting.begin(pair),
    onPointerEnter: (event: React.PointerEvent) => event.buttons === 1 && painting.over(pair),
    onClick: (event: React.MouseEvent) => (event.nativeEvent as PointerEvent).pointerType !== "mouse" && painting.toggle(pair),
  };
  return (
    <button
      type="button" data-cell={at} className={state} tabIndex={inTabs ? 0 : -1} aria-disabled={held !== undefined} aria-pressed={held ? undefined : state === "chosen"}
      aria-label={t("coverage.cell", { name: column.name, client: dossier.clientName, state: said })} {...paint}
    >
      {signs[state]}
    </button>
  );
}

function Legend() {
  const { t } = useWords();
  return (
    <p className="matrix-legend" aria-hidden>
      {["ACTIVE", "PENDING_CONSENT", "SUSPENDED", "chosen"].map((state) => (
        <span key={state}><b className={state}>{signs[state]}</b> {state === "chosen" ? t("coverage.chosen") : t(`assignment.${state}` as Key)}</span>
      ))}
    </p>
  );
}
