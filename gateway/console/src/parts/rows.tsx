// A long list that draws only the rows in sight, and asks for the next page
// before its end is reached.
import { Center, Loader, Skeleton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

type Props<T> = {
  label: string;
  rows: T[];
  row: (one: T) => ReactNode;
  id: (one: T) => string;
  // height is a row's, about, in pixels.
  height: number;
  // total is how many there are in all, where that is known.
  total?: number;
  loading: boolean;
  more: { has: boolean; busy: boolean; read: () => void };
};

export function Rows<T>(props: Props<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [props.loading]);
  const virtual = useWindowVirtualizer({ count: props.rows.length, estimateSize: () => props.height, overscan: 8, scrollMargin: top });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { has, busy, read } = props.more;
  useEffect(() => {
    if (has && !busy && last >= props.rows.length - 40) {
      read();
    }
  }, [has, busy, read, last, props.rows.length]);
  if (props.loading) {
    return <Waiting height={props.height} />;
  }
  return (
    <>
      <ul ref={list} className="rows" aria-label={props.label} style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const one = props.rows[item.index]!;
          return (
            <li
              key={props.id(one)} ref={virtual.measureElement} data-index={item.index}
              aria-setsize={props.total ?? -1} aria-posinset={item.index + 1} style={{ transform: `translateY(${item.start - top}px)` }}
            >
              <Drawn one={one} row={props.row} />
            </li>
          );
        })}
      </ul>
      {busy && <Center p="md"><Loader size="sm" /></Center>}
    </>
  );
}

// Drawn is left as it is while the list is scrolled past it.
const Drawn = memo(({ one, row }: { one: unknown; row: (one: never) => ReactNode }) => row(one as never));

function Waiting({ height }: { height: number }) {
  return <div aria-busy>{Array.from({ length: 6 }, (_, i) => <Skeleton key={i} height={height - 8} mb={8} radius="md" />)}</div>;
}
