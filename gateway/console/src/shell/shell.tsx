// The frame of every screen: where one is, where one can go, and what to do
// when nobody is signed in any more or nothing answers.
import { ActionIcon, AppShell, Burger, Button, Group, NavLink, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { api } from "../api/client";
import { listen } from "../api/live";
import { standing } from "../api/standing";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { Undo } from "../parts/undo";
import { useWords } from "../words/words";
import { Away } from "./away";
import { Finder } from "./finder";
import { useLook } from "./look";
import { spacesOf, type Place } from "./places";
import { Switcher } from "./switcher";
import { useWho } from "./who";

const Over = later(async () => (await import("./over")).Over);

export function Shell() {
  const { t } = useWords();
  const [open, { toggle, close }] = useDisclosure();
  const who = useWho();
  useOwnLanguage(who.data?.me.locale);
  return (
    <AppShell header={{ height: 60 }} navbar={{ width: 230, breakpoint: "md", collapsed: { mobile: !open } }} padding="md">
      <a className="skip" href="#main">{t("site.skip")}</a>
      <AppShell.Header className="card">
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger hiddenFrom="md" opened={open} onClick={toggle} size="sm" aria-label={t("site.nav")} />
          {who.data && <Switcher who={who.data} />}
          <Finder here={who.data?.here} />
          <Group ml="auto" gap="xs" wrap="nowrap">
            <Language />
            <Scheme />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className="card scrolls">
        <Menu close={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <div className="page">
          <Away />
          {who.data ? <Outlet /> : who.isError && <Failure error={who.error} again={() => void who.refetch()} />}
        </div>
      </AppShell.Main>
      <Undo />
      <Standing known={who.data !== undefined} />
    </AppShell>
  );
}

// useOwnLanguage: the person's language goes before the browser's.
function useOwnLanguage(locale: string | undefined) {
  const { speak } = useWords();
  useEffect(() => {
    if (locale === "fr" || locale === "en") {
      speak(locale);
    }
  }, [locale, speak]);
}

// Standing says what to do once nobody is signed in any more: where nothing was
// shown yet, one signs in; where one may have typed, a dialog keeps it.
function Standing({ known }: { known: boolean }) {
  const now = standing.use();
  const queries = useQueryClient();
  const look = useLook();
  const listening = useRef(false);
  useEffect(() => {
    if (known && !listening.current) {
      listening.current = true;
      listen(queries, look);
    }
    if (!known && now === "over") {
      window.location.assign("/sign-in?next=" + encodeURIComponent(window.location.pathname + window.location.search));
    }
  }, [known, now, queries, look]);
  return known && now !== "here" ? <Over how={now} /> : null;
}

function Menu({ close }: { close: () => void }) {
  const { t } = useWords();
  const spaces = spacesOf(useWho().data?.here);
  return (
    <nav aria-label={t("site.nav")}>
      {spaces.map((space) => (
        <div key={space.label}>
          <Text size="xs" c="dimmed" mt="md" mb={4} px="sm">{t(space.label)}</Text>
          {space.places.map((place) => <PlaceLink key={place.label} place={place} close={close} />)}
        </div>
      ))}
    </nav>
  );
}

function PlaceLink({ place, close }: { place: Place; close: () => void }) {
  const { t } = useWords();
  const here = useLocation().pathname === place.to;
  if (place.to === undefined) {
    return <NavLink href={place.page} label={t(place.label)} />;
  }
  return <NavLink component={Link} to={place.to} label={t(place.label)} active={here} aria-current={here ? "page" : undefined} onClick={close} />;
}

// Language is the person's own, on every device and in mails.
function Language() {
  const { lang, speak } = useWords();
  const other = lang === "fr" ? "en" : "fr";
  const choose = () => {
    speak(other);
    void api.PATCH("/v1/me", { body: { locale: other, updateMask: "locale" } });
  };
  return (
    <Button variant="subtle" size="compact-sm" lang={other} onClick={choose} aria-label={other === "en" ? "EN, English" : "FR, Français"}>
      {other.toUpperCase()}
    </Button>
  );
}

function Scheme() {
  const { t } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={t(dark ? "scheme.light" : "scheme.dark")} onClick={() => setColorScheme(dark ? "light" : "dark")}>
      <span aria-hidden>{dark ? "☀" : "☾"}</span>
    </ActionIcon>
  );
}
