// What cannot be undone is confirmed by a typed word (R81), which the server
// checks; and what has ended is counted.
import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { Schemas } from "../api/client";
import type { Call } from "../api/curl";
import { useWords } from "../words/words";
import { AsCurl } from "./curl";
import { Failure, fieldError } from "./failure";

export const word = "REMOVE";

type Receipt = Schemas["RevocationReceipt"];

type Props = {
  title: string;
  lead: string;
  button: string;
  busy: boolean;
  error: unknown;
  act: (confirm: string) => void;
  curl: Call;
  close: () => void;
  // receipt is what has ended, once it has.
  receipt: Receipt | null | undefined;
  ended: string;
  children?: ReactNode;
};

export function Removal(props: Props) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  if (props.receipt) {
    return (
      <Modal opened onClose={props.close} title={props.ended} closeButtonProps={{ "aria-label": t("site.close") }}>
        <Ended receipt={props.receipt} />
      </Modal>
    );
  }
  return (
    <Modal opened onClose={props.close} title={props.title} closeButtonProps={{ "aria-label": t("site.close") }}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); props.act(typed); }}>
        <Stack>
          <Text>{props.lead}</Text>
          {props.children}
          <TextInput
            data-autofocus autoComplete="off" label={t("confirm.word")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
            error={fieldError(props.error, "confirm")}
          />
          <Failure error={props.error} />
          <Group justify="space-between">
            <AsCurl call={props.curl} />
            <Group>
              <Button variant="default" onClick={props.close}>{t("site.cancel")}</Button>
              <Button type="submit" color="red" loading={props.busy} disabled={typed !== word}>{props.button}</Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

// Ended lists what a revocation receipt counts.
function Ended({ receipt }: { receipt: Receipt }) {
  const { n, t, moment } = useWords();
  const lines = [
    n("receipt.assignments", receipt.assignments), n("receipt.requests", receipt.requests), n("receipt.grants", receipt.grants),
    n("receipt.visits", receipt.supportSessions), n("receipt.browsers", receipt.browserSessions),
  ];
  return (
    <>
      <List>{lines.map((line) => <List.Item key={line}>{line}</List.Item>)}</List>
      {receipt.completeTime && <Text mt="sm" c="dimmed">{t("receipt.complete", { at: moment(receipt.completeTime) })}</Text>}
    </>
  );
}
