import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useWords } from "../words/words";

// Lost is the screen of an address that leads nowhere.
export function Lost() {
  const { t } = useWords();
  return (
    <>
      <Title order={1}>{t("lost.title")}</Title>
      <Text mt="sm"><Anchor component={Link} to="/">{t("lost.home")}</Anchor></Text>
    </>
  );
}
