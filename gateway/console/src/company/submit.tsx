// The end of a form: what went wrong, the call behind it, and the button.
import { Button, Group } from "@mantine/core";
import type { Call } from "../api/curl";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";

type Props = { label: string; busy: boolean; error: unknown; call: Call; disabled?: boolean };

export function Submit({ label, busy, error, call, disabled }: Props) {
  return (
    <>
      <Failure error={error} />
      <Group justify="space-between">
        <AsCurl call={call} />
        <Button type="submit" loading={busy} disabled={disabled}>{label}</Button>
      </Group>
    </>
  );
}
