// The list of organisations, at the top left (R59). Another one needs no
// password (R95).
import { Text } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import { useState } from "react";
import { api, answer } from "../api/client";
import { useWords } from "../words/words";
import { isPartner, type Context, type Who } from "./who";

export function Switcher({ who }: { who: Who }) {
  const { t } = useWords();
  const [opened, setOpened] = useState(false);
  const place = useClickOutside<HTMLDetailsElement>(() => setOpened(false));
  const name = who.here?.organization?.identification?.legalName ?? "";
  return (
    <details
      ref={place} className="switch" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}
      onKeyDown={(event) => event.key === "Escape" && setOpened(false)}
    >
      <summary aria-label={`${t("site.switch")} : ${name}`}><span className="cut">{name}</span></summary>
      <ul>
        {who.contexts.map((one) => <li key={one.organization?.id}><One one={one} here={one === who.here} /></li>)}
        <li><a href="/organizations">{t("site.all_places")}</a></li>
      </ul>
    </details>
  );
}

function One({ one, here }: { one: Context; here: boolean }) {
  const { t } = useWords();
  return (
    <button type="button" onClick={() => void enter(one)} disabled={here} aria-current={here || undefined}>
      <Text span fw={600} size="sm">{one.organization?.identification?.legalName}</Text>
      <small>{t(isPartner(one) ? "menu.partner" : "menu.company")}</small>
    </button>
  );
}

// enter goes on in another organisation: nothing that was read here is kept.
export async function enter(context: Context) {
  await answer(api.POST("/v1/auth:selectContext", { body: { organizationId: context.organization?.id ?? "" } }));
  window.location.assign("/console/");
}
