// All that is stored about the person, as a file.
import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWords } from "../words/words";
import { useProven } from "./prove";
import { Section } from "./section";

const call = (to: Api) => to.POST("/v1/me:export", { body: {} });

export function Data() {
  const { t } = useWords();
  const [done, setDone] = useState(false);
  const take = useProven((to) => answer(call(to)), [], (out) => { save("aval.json", JSON.stringify(out, null, 2)); setDone(true); });
  return (
    <Section title={t("account.export.title")} lead={t("account.export.lead")}>
      <Group>
        <Button variant="default" loading={take.isPending} onClick={() => take.go(undefined)}>{t("account.export.button")}</Button>
        <AsCurl call={call} />
      </Group>
      <Failure error={take.error} />
      <Text mt="sm" role="status">{done && t("account.export.saved")}</Text>
      {take.dialog}
    </Section>
  );
}

function save(name: string, content: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser has read it by then
}
