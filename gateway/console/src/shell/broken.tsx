// A screen that did not load, because the network was away or the console was
// replaced by a newer one, or that failed by itself.
import { Button, Text, Title } from "@mantine/core";
import { useWords } from "../words/words";

export function Broken() {
  const { t } = useWords();
  return (
    <div role="alert">
      <Title order={1}>{t("broken.title")}</Title>
      <Text my="sm">{t("broken.text")}</Text>
      <Button onClick={() => window.location.reload()}>{t("session.reload")}</Button>
    </div>
  );
}
