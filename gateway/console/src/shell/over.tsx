// The session is over, or goes on as somebody else, while a screen is open.
// Nothing typed is lost and nothing is repeated: the screen stays as it is
// below, and each wish waits for the person to press again.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { standing } from "../api/standing";
import { useWords } from "../words/words";
import { useLook } from "./look";

export function Over({ how }: { how: "over" | "elsewhere" }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const look = useLook();
  const [still, setStill] = useState(false);
  const back = async () => {
    await look();
    setStill(standing.get() !== "here");
    if (standing.get() === "here") {
      void queries.invalidateQueries();
    }
  };
  useEffect(() => {
    const returned = () => void (document.hidden || back());
    addEventListener("focus", returned);
    return () => removeEventListener("focus", returned);
  });
  return (
    <Modal opened onClose={() => undefined} title={t(`session.${how}.title`)} zIndex={1000} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
      <Stack>
        <Text>{t(`session.${how}.text`)}</Text>
        <Text role="status" c="dimmed">{still && t("session.still")}</Text>
        <Group justify="flex-end">
          {how === "elsewhere" && <Button variant="default" onClick={() => window.location.assign("/console/")}>{t("session.reload")}</Button>}
          <Button variant="default" onClick={() => void back()}>{t("session.back")}</Button>
          <Button data-autofocus component="a" href={how === "over" ? "/sign-in" : "/organizations"} target="_blank">{t(how === "over" ? "failure.sign_in" : "site.switch")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
