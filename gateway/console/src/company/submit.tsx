// The end of a form: what went wrong, the call behind it, and the button. A
// field that was refused is gone to: it may be out of sight.
import { Button, Group } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Call } from "../api/curl";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";

type Props = { label: string; busy: boolean; error: unknown; call: Call; disabled?: boolean };

export function Submit({ label, busy, error, call, disabled }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (error) {
      button.current?.form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [error]);
  return (
    <>
      <Failure error={error} />
      <Group justify="space-between">
        <AsCurl call={call} />
        <Button ref={button} type="submit" loading={busy} disabled={disabled}>{label}</Button>
      </Group>
    </>
  );
}
