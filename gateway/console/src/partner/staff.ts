// The staff that a search, a tag and a filter match.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, answer } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import type { CollaboratorSearch, StaffFilter } from "../router";

export function useStaff(partnerId: string, { q, tag, filter }: CollaboratorSearch) {
  const list = usePages(["collaborators", partnerId, q, tag, filter], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/collaborators", {
      params: {
        path: { partnerId },
        query: {
          search: q, filter: filter && (`COLLABORATOR_FILTER_${filter}` as const), pageSize, pageToken,
          ...(tag === "NONE" ? { untagged: true } : { tag: tag && (`TAG_KIND_${tag}` as const) }),
        },
      },
    })));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.collaborators) ?? [], [list.data]);
  return { list, rows };
}

export type StaffCounts = Record<StaffFilter | "ALL", number>;

export function useStaffCounts(partnerId: string) {
  return useQuery({
    queryKey: ["collaborators", partnerId, "counts"],
    queryFn: async (): Promise<StaffCounts> => {
      const counts = await answer(api.GET("/v1/partners/{partnerId}/collaborators:count", { params: { path: { partnerId } } }));
      return {
        ALL: counts.total, INVITED: counts.invited, UNASSIGNED: counts.unassigned, PENDING: counts.pending, ACTIVE: counts.active,
        NEVER_USED: counts.neverUsed, EXPIRING: counts.expiring, LOST: counts.lost,
      };
    },
  });
}

// matchingStaff is how many people are matched, where that is known.
export function matchingStaff({ q, tag, filter }: CollaboratorSearch, counts: StaffCounts | undefined, read: { rows: number; more: boolean }): number | undefined {
  if (q === undefined && tag === undefined) {
    return counts?.[filter ?? "ALL"];
  }
  return read.more ? undefined : read.rows;
}
