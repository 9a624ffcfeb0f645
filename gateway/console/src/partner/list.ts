// The dossiers that a search and a filter match, and what is said of an
// assignment.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { short } from "../parts/state";
import type { DossierSearch, Filter } from "../router";

export type Dossier = Schemas["Dossier"];
export type Assignment = Schemas["Assignment"];

export const stateOf = (one: Assignment): string => short("ASSIGNMENT_STATE_", one.state);

// standOf is the state as it is shown: what waits may reach nobody.
export const standOf = (one: Assignment): string => (one.unreachableTime ? "UNREACHABLE" : stateOf(one));

// endReason is why it ended; empty while it has not.
export const endReason = (one: Assignment): string => (one.state === "ASSIGNMENT_STATE_ENDED" ? short("ASSIGNMENT_END_REASON_", one.endReason) : "");

// wasGiven tells of what is known to have had the client's yes.
export function wasGiven(one: Assignment): boolean {
  return ["ACTIVE", "SUSPENDED"].includes(stateOf(one)) || one.expireTime !== null || ["WITHDRAWN", "EXPIRED", "HANDED_OVER", "EXTENDED"].includes(endReason(one));
}

export function readDossiers(partnerId: string, search: DossierSearch, pageToken: string) {
  const query = { search: search.q, filter: search.filter && (`DOSSIER_FILTER_${search.filter}` as const), pageSize, pageToken };
  return answer(api.GET("/v1/partners/{partnerId}/dossiers", { params: { path: { partnerId }, query } }));
}

export function useDossiers(partnerId: string, search: DossierSearch) {
  const list = usePages(["dossiers", partnerId, search.q, search.filter], (token) => readDossiers(partnerId, search, token));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.dossiers) ?? [], [list.data]);
  return { list, rows };
}

export type Counts = Record<Filter | "ALL", number>;

export function useCounts(partnerId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["dossiers", partnerId, "counts"], enabled,
    queryFn: async (): Promise<Counts> => {
      const counts = await answer(api.GET("/v1/partners/{partnerId}/dossiers:count", { params: { path: { partnerId } } }));
      return {
        ALL: counts.total, UNASSIGNED: counts.unassigned, PENDING: counts.pending, ACTIVE: counts.active,
        NEVER_USED: counts.neverUsed, EXPIRING: counts.expiring, LOST: counts.lost,
      };
    },
  });
}

// matching is how many dossiers a search matches, where that is known.
export function matching(search: DossierSearch, counts: Counts | undefined, read: { rows: number; more: boolean }): number | undefined {
  if (search.q === undefined) {
    return counts?.[search.filter ?? "ALL"];
  }
  return read.more ? undefined : read.rows;
}
