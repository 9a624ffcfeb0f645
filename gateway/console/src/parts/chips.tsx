// A choice of one among few, all in sight, each with how many it finds.
import { Button } from "@mantine/core";

type Chip<V> = { value: V; text: string; count?: number };
type Props<V> = { label: string; chips: readonly Chip<V>[]; chosen: V; choose: (value: V) => void };

export function Chips<V extends string | undefined>({ label, chips, chosen, choose }: Props<V>) {
  return (
    <div className="chips" role="group" aria-label={label}>
      {chips.map(({ value, text, count }) => (
        <Button key={value ?? ""} size="compact-sm" fw={500} variant={value === chosen ? "filled" : "default"} aria-pressed={value === chosen} onClick={() => choose(value)}>
          {text}{count !== undefined && ` (${count})`}
        </Button>
      ))}
    </div>
  );
}
