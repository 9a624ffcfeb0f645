// Where one can go from here, by the role one has here. Spaces and labels are
// those of the pages; what the console has no screen for is the page itself.
import type { Key } from "../words/words";
import { administers, isPartner, type Context } from "./who";

export type Place = { label: Key; to?: "/dossiers" | "/collaborators" | "/credits" | "/conflicts" | "/visits" | "/coverage" | "/activity" | "/assistance" | "/members" | "/invitations" | "/diagnosis" | "/partners" | "/policy" | "/history" | "/account"; page?: string };
export type Space = { label: Key; places: Place[] };

export function spacesOf(context: Context | undefined): Space[] {
  if (context === undefined) {
    return [];
  }
  return [...(isPartner(context) ? partner(context) : company(context)), mine];
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
    { label: "menu.settings", places: members(context) },
  ];
}

// members and who is to become one; the second for who may invite.
function members(context: Context): Place[] {
  const all: Place = { label: "menu.members", to: "/members" };
  return administers(context) ? [all, { label: "invitations.title", to: "/invitations" }, { label: "members.diagnose", to: "/diagnosis" }] : [all];
}

function company(context: Context): Space[] {
  const places: Place[] = [{ label: "menu.assistance", to: "/assistance" }, { label: "menu.partners", to: "/partners" }];
  if (administers(context)) {
    places.push({ label: "policy.title", to: "/policy" });
  }
  return [
    { label: "menu.company", places },
    { label: "menu.settings", places: members(context) },
    { label: "menu.more", places: [{ label: "menu.history", to: "/history" }] },
  ];
}
