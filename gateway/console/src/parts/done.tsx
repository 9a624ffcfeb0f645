// What was done, in a sentence, and what one may want next.
import { Alert, Button, Group, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useWords } from "../words/words";

export type Done = { text: string; next?: { label: string; go: () => void } };

type Said = { done: ReactNode; say: (what: Done | undefined) => void };

export function useDone(): Said {
  const [what, say] = useState<Done>();
  return { done: what && <Told what={what} close={() => say(undefined)} />, say };
}

function Told({ what: { text, next }, close }: { what: Done; close: () => void }) {
  const { t } = useWords();
  return (
    <Alert my="md" role="status" className="card" withCloseButton closeButtonLabel={t("site.close")} onClose={close}>
      <Group gap="sm">
        <Text>{text}</Text>
        {next && <Button size="compact-sm" variant="default" onClick={() => { close(); next.go(); }}>{next.label}</Button>}
      </Group>
    </Alert>
  );
}
