// The dossiers that a search and a filter match.
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import type { DossierSearch, Filter } from "../router";

export type Dossier = Schemas["Dossier"];
export type Assignment = Schemas["Assignment"];

export function readDossiers(partnerId: string, search: DossierSearch, pageToken: string) {
  const query = { search: search.q, filter: search.filter && (`DOSSIER_FILTER_${search.filter}` as const), pageSize, pageToken };
  return answer(api.GET("/v1/partners/{partnerId}/dossiers", { params: { path: { partnerId }, query } }));
}

export function useDossiers(partnerId: string, search: DossierSearch) {
  return usePages(["dossiers", partnerId, search.q, search.filter], (token) => readDossiers(partnerId, search, token));
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
