// Recovery codes, shown this once.
import { Button, Code, CopyButton, Group, Modal, SimpleGrid, Text } from "@mantine/core";
import { useWords } from "../words/words";

export function Codes({ codes, close }: { codes: string[]; close: () => void }) {
  const { t } = useWords();
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t("codes.title")}>
      <Text>{t("codes.lead")}</Text>
      <SimpleGrid cols={2} my="md">{codes.map((one) => <Code key={one} fz="md">{one}</Code>)}</SimpleGrid>
      <Text size="sm" c="dimmed">{t("codes.hint")}</Text>
      <Group mt="md" justify="flex-end">
        <CopyButton value={codes.join("\n")}>
          {({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
        </CopyButton>
        <Button data-autofocus onClick={close}>{t("codes.kept")}</Button>
      </Group>
    </Modal>
  );
}
