// The call behind an action, to copy.
import { ActionIcon, Button, Code, CopyButton, Popover, Text } from "@mantine/core";
import { useState } from "react";
import { asCurl, type Call } from "../api/curl";
import { useWords } from "../words/words";

// own: Escape closes this, and not the dialog around it.
const own = { "data-mantine-stop-propagation": "true" };

export function AsCurl({ call }: { call: Call }) {
  const { t } = useWords();
  const [line, setLine] = useState("");
  return (
    <Popover width={340} position="top" withArrow trapFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" size="lg" {...own} aria-label={t("action.curl")} onClick={() => void asCurl(call).then(setLine)}>
          <Text span ff="monospace" size="sm" aria-hidden>&gt;_</Text>
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="card">
        <Code block className="curl" tabIndex={0} {...own}>{line}</Code>
        <CopyButton value={line}>
          {({ copied, copy }) => <Button mt="xs" size="compact-sm" variant="default" {...own} onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
        </CopyButton>
      </Popover.Dropdown>
    </Popover>
  );
}
