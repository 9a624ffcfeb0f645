// The company's requests and accesses.
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { pageSize } from "../api/queries";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";

export type Consent = Schemas["Consent"];

export const refreshed = ["consents"];

// useConsent is one request with its exact text.
export function useConsent(consentId: string) {
  const { lang } = useWords();
  return useQuery({
    queryKey: ["consents", "one", consentId, lang], staleTime: Infinity,
    queryFn: () => answer(api.GET("/v1/consents/{consentId}:lookup", { params: { path: { consentId }, query: { locale: lang } } })),
  });
}

// mostPages bounds how far back a partner's whole story is read.
const mostPages = 5;

// useAll are the newest requests and accesses of the company, of every state;
// more tells that there are older ones.
export function useAll(organizationId: string) {
  return useQuery({
    queryKey: ["consents", organizationId, "all"],
    queryFn: async () => {
      const consents: Consent[] = [];
      let pageToken = "";
      for (let read = 0; read < mostPages; read++) {
        const page = await answer(api.GET("/v1/organizations/{organizationId}/consents", { params: { path: { organizationId }, query: { pageSize, pageToken } } }));
        consents.push(...page.consents);
        pageToken = page.nextPageToken;
        if (pageToken === "") {
          break;
        }
      }
      return { consents, more: pageToken !== "" };
    },
  });
}

// useEntries are the newest facts about assistance, among them the visits; or
// all that one person did here.
export function useEntries(organizationId: string, actorId?: string) {
  const query = actorId === undefined ? { kind: "HISTORY_KIND_ASSISTANCE" as const, pageSize } : { actorId, pageSize };
  return useQuery({
    queryKey: ["history", organizationId, "newest", actorId],
    queryFn: () => answer(api.GET("/v1/organizations/{organizationId}/history", { params: { path: { organizationId }, query } })),
  });
}

export type Visit = { consentId: string; time: string };

// visitsIn are the visits that some facts tell of.
export const visitsIn = (entries: Schemas["HistoryEntry"][]): Visit[] => entries
  .filter((one) => one.action.endsWith(".support_session.started"))
  .flatMap((one) => (one.time === null ? [] : [{ consentId: one.consentId, time: one.time }]));

// useVisits are the newest of all partners.
export const useVisits = (): Visit[] => visitsIn(useEntries(useHere()).data?.entries ?? []);
