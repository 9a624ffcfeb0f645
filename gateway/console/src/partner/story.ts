// What became of a dossier's assignments: asked, allowed, used, ended. When the
// client said yes stands in the consent's receipt alone.
import { useQueries, useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { pageSize } from "../api/queries";
import { endReason, wasGiven, type Assignment } from "./list";

export type Visit = Schemas["SupportSession"];
export type Chapter = { assignment: Assignment; given: number | undefined; visits: Visit[] };
// before says that there were earlier visits than those read.
export type Story = { chapters: Chapter[]; before: boolean; error: Error | null; again: () => void };

// readVisits is how many of the dossier's newest visits are read.
export const readVisits = pageSize;

// readReceipts bounds how many receipts one look at a dossier reads.
const readReceipts = 20;

export function useStory(partnerId: string, dossierId: string, enabled: boolean): Story {
  const path = { partnerId };
  const assignments = useQuery({
    queryKey: ["dossiers", partnerId, "assignments", dossierId], enabled,
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/assignments", { params: { path, query: { dossierId, pageSize } } })),
  });
  const visits = useQuery({
    queryKey: ["visits", partnerId, "story", dossierId], enabled,
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/supportSessions", { params: { path, query: { dossierId, pageSize: readVisits } } })),
  });
  const all = assignments.data?.assignments ?? [];
  const given = useGivenTimes(partnerId, all.filter(wasGiven).slice(0, readReceipts));
  return {
    chapters: all.map((one) => ({ assignment: one, given: given.get(one.id), visits: visits.data?.supportSessions.filter((visit) => isOf(visit, one)) ?? [] })),
    before: Boolean(visits.data?.nextPageToken),
    error: assignments.error ?? visits.error,
    again: () => void Promise.all([assignments.refetch(), visits.refetch()]),
  };
}

type Recorded = { events: { event_time: string; event_type: string }[] };

// A receipt never changes in what it says of the yes.
function useGivenTimes(partnerId: string, given: Assignment[]): Map<string, number> {
  return useQueries({
    queries: given.map((one) => ({
      queryKey: ["receipts", partnerId, one.consentId], staleTime: Infinity,
      queryFn: () => answer(api.GET("/v1/partners/{partnerId}/consents/{consentId}/receipt", { params: { path: { partnerId, consentId: one.consentId } } })),
    })),
    combine: (answers) => new Map(answers.flatMap((one, i) => {
      const yes = one.data?.receipt && (JSON.parse(one.data.receipt.recordJson) as Recorded).events.find((event) => event.event_type === "explicit_consent");
      return yes ? [[given[i]!.id, Date.parse(yes.event_time)] as const] : [];
    })),
  });
}

// isOf: a visit names who; of their assignments in the dossier it is the one that
// ran then.
function isOf(visit: Visit, one: Assignment): boolean {
  const at = Date.parse(visit.startTime ?? "");
  return visit.collaboratorId === one.collaboratorId
    && at >= Date.parse(one.createTime ?? "") && (endReason(one) === "" || at <= Date.parse(one.endTime ?? ""));
}
