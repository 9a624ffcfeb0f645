// The console's addresses. What a list is filtered by stands in its address, so
// that it can be kept, shared and gone back to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Broken } from "./shell/broken";
import { Home } from "./shell/home";
import { Lost } from "./shell/lost";
import { Shell } from "./shell/shell";

const matching = (value: unknown, form: RegExp): string | undefined => (typeof value === "string" && form.test(value) ? value : undefined);
const day = (value: unknown): string | undefined => matching(value, /^\d{4}-\d{2}-\d{2}$/);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

export const filters = ["UNASSIGNED", "PENDING", "ACTIVE", "NEVER_USED", "EXPIRING", "LOST"] as const;
export type Filter = (typeof filters)[number];

export type DossierSearch = { q?: string; filter?: Filter; open?: string };
export const coverageViews = ["graph", "funnel"] as const;
export type CoverageSearch = { q?: string; filter?: Filter; view?: (typeof coverageViews)[number] };
export const staffTags = ["EMPLOYEE", "FREELANCER", "NONE"] as const;
export const staffFilters = ["INVITED", ...filters] as const;
export type StaffFilter = (typeof staffFilters)[number];
export type CollaboratorSearch = { q?: string; tag?: (typeof staffTags)[number]; filter?: StaffFilter; open?: string };
export type OpenSearch = { open?: string };
export type AccessSearch = { open?: string; see?: string };

export const invitationStates = ["PENDING", "EXPIRED", "ACCEPTED", "DECLINED", "CANCELLED"] as const;
export type InvitationState = (typeof invitationStates)[number];
// open is an invitation's id, or "new".
export type InvitationSearch = { state?: InvitationState; open?: string; email?: string };

export const historyKinds = ["MEMBERS", "INVITATIONS", "ASSISTANCE", "PRODUCTS", "ORGANIZATION"] as const;
export type HistorySearch = { kind?: (typeof historyKinds)[number]; from?: string; to?: string };

const root = createRootRoute({ component: Shell, notFoundComponent: Lost });
const home = createRoute({ getParentRoute: () => root, path: "/", component: Home });

const dossiers = createRoute({
  getParentRoute: () => root,
  path: "/dossiers",
  validateSearch: (raw: Record<string, unknown>): DossierSearch => ({
    q: text(raw.q), filter: filters.find((one) => one === raw.filter), open: text(raw.open),
  }),
  component: lazyRouteComponent(() => import("./partner/dossiers"), "Dossiers"),
});

const collaborators = createRoute({
  getParentRoute: () => root,
  path: "/collaborators",
  validateSearch: (raw: Record<string, unknown>): CollaboratorSearch => ({
    q: text(raw.q), tag: staffTags.find((one) => one === raw.tag), filter: staffFilters.find((one) => one === raw.filter), open: text(raw.open),
  }),
  component: lazyRouteComponent(() => import("./partner/collaborators"), "Collaborators"),
});

const assistance = createRoute({
  getParentRoute: () => root,
  path: "/assistance",
  validateSearch: (raw: Record<string, unknown>): AccessSearch => ({ open: text(raw.open), see: text(raw.see) }),
  component: lazyRouteComponent(() => import("./company/assistance"), "Assistance"),
});

const members = createRoute({
  getParentRoute: () => root,
  path: "/members",
  validateSearch: (raw: Record<string, unknown>): OpenSearch => ({ open: text(raw.open) }),
  component: lazyRouteComponent(() => import("./company/members"), "Members"),
});

const invitations = createRoute({
  getParentRoute: () => root,
  path: "/invitations",
  validateSearch: (raw: Record<string, unknown>): InvitationSearch => ({
    state: invitationStates.find((one) => one === raw.state), open: text(raw.open), email: text(raw.email),
  }),
  component: lazyRouteComponent(() => import("./company/invitations"), "Invitations"),
});

const guests = createRoute({
  getParentRoute: () => root,
  path: "/invitations/list",
  component: lazyRouteComponent(() => import("./company/guests"), "Guests"),
});

const diagnosis = createRoute({
  getParentRoute: () => root,
  path: "/diagnosis",
  validateSearch: (raw: Record<string, unknown>): { email?: string } => ({ email: text(raw.email) }),
  component: lazyRouteComponent(() => import("./company/diagnose"), "Diagnose"),
});

const partners = createRoute({
  getParentRoute: () => root,
  path: "/partners",
  validateSearch: (raw: Record<string, unknown>): OpenSearch => ({ open: text(raw.open) }),
  component: lazyRouteComponent(() => import("./company/partners"), "Partners"),
});

const policy = createRoute({
  getParentRoute: () => root,
  path: "/policy",
  component: lazyRouteComponent(() => import("./company/policy"), "PolicyScreen"),
});

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: (raw: Record<string, unknown>): HistorySearch => ({
    kind: historyKinds.find((one) => one === raw.kind), from: day(raw.from), to: day(raw.to),
  }),
  component: lazyRouteComponent(() => import("./company/history"), "History"),
});

const credits = createRoute({
  getParentRoute: () => root,
  path: "/credits",
  validateSearch: (raw: Record<string, unknown>): { month?: string } => ({ month: matching(raw.month, /^\d{4}-\d{2}$/) }),
  component: lazyRouteComponent(() => import("./partner/credits"), "Credits"),
});

const conflicts = createRoute({
  getParentRoute: () => root,
  path: "/conflicts",
  component: lazyRouteComponent(() => import("./partner/conflicts"), "Conflicts"),
});

const visits = createRoute({
  getParentRoute: () => root,
  path: "/visits",
  component: lazyRouteComponent(() => import("./partner/visits"), "PartnerVisits"),
});

const coverage = createRoute({
  getParentRoute: () => root,
  path: "/coverage",
  validateSearch: (raw: Record<string, unknown>): CoverageSearch => ({
    q: text(raw.q), filter: filters.find((one) => one === raw.filter), view: coverageViews.find((one) => one === raw.view),
  }),
  component: lazyRouteComponent(() => import("./partner/coverage"), "Coverage"),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  component: lazyRouteComponent(() => import("./partner/activity"), "Activity"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./me/account"), "Account"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, dossiers, collaborators, assistance, members, invitations, guests, diagnosis, partners, policy, history, credits, conflicts, visits, coverage, activity, account]),
  basepath: "/console",
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
