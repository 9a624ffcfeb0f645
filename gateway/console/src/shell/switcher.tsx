// The list of organisations, at the top left (R59). Another one needs no
// password (R95).
import { Button, Menu, Text } from "@mantine/core";
import { api, answer } from "../api/client";
import { useWords } from "../words/words";
import { isPartner, type Context, type Who } from "./who";

export function Switcher({ who }: { who: Who }) {
  const { t } = useWords();
  return (
    <Menu position="bottom-start" width={300} withinPortal={false}>
      <Menu.Target>
        <Button variant="default" className="switch" aria-label={`${t("site.switch")} : ${who.here?.organization?.identification?.legalName ?? ""}`}>
          <span className="cut">{who.here?.organization?.identification?.legalName}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
        {who.contexts.map((one) => (
          <Menu.Item key={one.organization?.id} onClick={() => void enter(one)} disabled={one === who.here}>
            <Text fw={600} size="sm">{one.organization?.identification?.legalName}</Text>
            <Text size="xs" c="dimmed">{t(isPartner(one) ? "menu.partner" : "menu.company")}</Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" href="/organizations">{t("site.all_places")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

// enter goes on in another organisation: nothing that was read here is kept.
async function enter(context: Context) {
  await answer(api.POST("/v1/auth:selectContext", { body: { organizationId: context.organization?.id ?? "" } }));
  window.location.assign("/console/");
}
