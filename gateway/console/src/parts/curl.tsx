// The call behind an action, to copy.
import { ActionIcon, Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { asCurl, type Call } from "../api/curl";
import { useWords } from "../words/words";

// own: Escape closes this, and not the dialog around it.
const own = { "data-mantine-stop-propagation": "true" };

export function AsCurl({ call }: { call: Call }) {
  const { t } = useWords();
  const [line, setLine] = useState("");
  return (
    <>
      <ActionIcon variant="subtle" size="lg" {...own} aria-label={t("action.curl")} onClick={() => void asCurl(call).then(setLine)}>
        <Text span ff="monospace" size="sm" aria-hidden>&gt;_</Text>
      </ActionIcon>
      {line && <Line line={line} close={() => setLine("")} />}
    </>
  );
}

// Line is a dialog of the browser itself, above those of the console.
function Line({ line, close }: { line: string; close: () => void }) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="card line" aria-label={t("action.curl")} onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <Code block className="curl" tabIndex={0} {...own}>{line}</Code>
      <Group mt="sm" gap="sm">
        <CopyButton value={line}>
          {({ copied, copy }) => <Button size="compact-sm" variant="default" type="button" {...own} onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
        </CopyButton>
        <Button size="compact-sm" variant="subtle" type="button" {...own} onClick={close}>{t("site.close")}</Button>
      </Group>
    </dialog>
  );
}
