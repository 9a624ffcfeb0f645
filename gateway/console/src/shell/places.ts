// Where one can go from here, by the role one has here. Spaces and labels are
// those of the pages; what the console has no screen for is the page itself.
import type { Key } from "../words/words";
import { administers, isPartner, type Context } from "./who";

export type Place = { label: Key; to?: "/dossiers" | "/collaborators" | "/credits" | "/conflicts" | "/visits" | "/coverage" | "/activity" | "/assistance" | "/members" | "/history" | "/account"; page?: string };
export type Space = { label: Key; places: Place[] };

export function spacesOf(context: Context | undefined): Space[] {
  if (context === undefined) {
    return [];
  }
  return [...(isPartner(context) ? partner(context) : company()), mine];
}

const mine: Space = { label: "menu.me", places: [{ label: "account.title", to: "/account" }] };

function partner(context: Context): Space[] {
  const places: Place[] = [{ label: "menu.dossiers", to: "/dossiers" }];
  if (administers(context)) {
    places.unshift({ label: "menu.collaborators", to: "/collaborators" });
    places.push({ label: "menu.coverage", to: "/coverage" });
    places.push({ label: "menu.credits", to: "/credits" }, { label: "menu.conflicts", to: "/conflicts" });
  }
  return [
    { label: "menu.mine", places: [...places, { label: "menu.visits", to: "/visits" }, { label: "menu.activity", to: "/activity" }] },
    { label: "menu.settings", places: [{ label: "menu.members", to: "/members" }] },
  ];
}

function company(): Space[] {
  return [
    { label: "menu.company", places: [{ label: "menu.assistance", to: "/assistance" }, { label: "menu.partners", page: "/assistance/partners" }] },
    { label: "menu.settings", places: [{ label: "menu.members", to: "/members" }] },
    { label: "menu.more", places: [{ label: "menu.history", to: "/history" }] },
  ];
}
