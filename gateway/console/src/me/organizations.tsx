// Where one belongs, with what role: to go there, or to leave.
import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { useChange } from "../api/queries";
import { Failure } from "../parts/failure";
import { enter } from "../shell/switcher";
import { isPartner, useWho, type Context } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { Section } from "./section";

export function Organizations() {
  const { t } = useWords();
  const who = useWho().data;
  return (
    <Section title={t("site.all_places")}>
      <Stack gap="xs">{who?.contexts.map((one) => <Belonging key={one.organization?.id} one={one} here={one === who.here} />)}</Stack>
    </Section>
  );
}

function Belonging({ one, here }: { one: Context; here: boolean }) {
  const { t } = useWords();
  const [asked, setAsked] = useState(false);
  const organizationId = one.organization?.id ?? "";
  const go = useChange(() => enter(one), []);
  const leave = useChange((to: Api) => answer(to.POST("/v1/me/contexts/{organizationId}:leave", { params: { path: { organizationId } }, body: {} })), ["who"]);
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.organization?.identification?.legalName}</Text>
        <small>{t(isPartner(one) ? "menu.partner" : "menu.company")} · {t(`role.${one.role}` as Key)}</small>
        {asked && <Text size="sm" role="alert">{t("account.leave.lead")}</Text>}
        <Failure error={go.error ?? leave.error} />
      </div>
      {!here && !asked && <Button variant="default" loading={go.isPending} onClick={() => go.mutate(undefined)}>{t("account.go")}</Button>}
      {!here && (asked
        ? (
          <>
            <Button variant="default" onClick={() => setAsked(false)}>{t("site.cancel")}</Button>
            <Button color="red" loading={leave.isPending} onClick={() => leave.mutate(undefined)}>{t("account.leave.sure")}</Button>
          </>
        )
        : <Button variant="subtle" onClick={() => setAsked(true)}>{t("account.leave")}</Button>)}
      {here && <Text c="dimmed">{t("account.here")}</Text>}
    </div>
  );
}
