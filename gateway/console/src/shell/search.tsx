// What ⌘K finds: every place, and every dossier and collaborator by name.
import { Modal, NavLink, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, answer } from "../api/client";
import { useWords } from "../words/words";
import { spacesOf } from "./places";
import { administers, isPartner, type Context } from "./who";

type Found = { label: string; detail: string; go: () => void };

export function Search({ here, close }: { here: Context; close: () => void }) {
  const { t } = useWords();
  return (
    <Modal opened onClose={close} title={t("finder.title")} size="lg" closeButtonProps={{ "aria-label": t("site.close") }}>
      <Field here={here} close={close} />
    </Modal>
  );
}

function Field({ here, close }: { here: Context; close: () => void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const found = useFound(here, typed, close);
  return (
    <>
      <TextInput
        data-autofocus type="search" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} aria-label={t("finder.title")}
        placeholder={t("finder.hint")} onKeyDown={(event) => event.key === "Enter" && found[0]?.go()}
      />
      <div className="found">
        {found.map((one) => <NavLink key={one.label + one.detail} component="button" label={one.label} description={one.detail} onClick={one.go} />)}
        {found.length === 0 && <Text mt="md" c="dimmed">{t("finder.none", { q: typed })}</Text>}
      </div>
    </>
  );
}

function useFound(here: Context, typed: string, close: () => void): Found[] {
  const { t } = useWords();
  const navigate = useNavigate();
  const names = useNames(here, typed);
  const wanted = typed.trim().toLowerCase();
  const places = spacesOf(here).flatMap((space) => space.places.map((place) => ({ space, place })));
  return [
    ...places
      .filter(({ place }) => t(place.label).toLowerCase().includes(wanted))
      .map(({ space, place }) => ({
        label: t(place.label), detail: t(space.label),
        go: () => { close(); void (place.to ? navigate({ to: place.to }) : window.location.assign(place.page ?? "/")); },
      })),
    ...names.map((one) => ({
      ...one,
      go: () => { close(); void navigate(one.dossier ? { to: "/dossiers", search: { open: one.id } } : { to: "/collaborators", search: { open: one.id } }); },
    })),
  ];
}

type Name = { id: string; dossier: boolean; label: string; detail: string };

function useNames(here: Context, typed: string): Name[] {
  const { t } = useWords();
  const [search] = useDebouncedValue(typed.trim(), 200);
  const partnerId = here.organization?.id ?? "";
  const asked = isPartner(here) && search.length >= 2;
  const query = { search, pageSize: 5 };
  const dossiers = useQuery({
    queryKey: ["dossiers", "found", partnerId, search], enabled: asked,
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/dossiers", { params: { path: { partnerId }, query } })),
  });
  const people = useQuery({
    queryKey: ["collaborators", "found", partnerId, search], enabled: asked && administers(here),
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/collaborators", { params: { path: { partnerId }, query } })),
  });
  return [
    ...(dossiers.data?.dossiers ?? []).map((one) => ({ id: one.id, dossier: true, label: one.clientName, detail: t("menu.dossiers") })),
    ...(people.data?.collaborators ?? []).map((one) => ({ id: one.id, dossier: false, label: `${one.givenName} ${one.familyName}`, detail: t("menu.collaborators") })),
  ];
}
