// The features of the catalogue, by path, and what they are called.
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Schemas } from "../api/client";
import { everyPage, pageSize } from "../api/queries";
import { useWords } from "../words/words";

export type Feature = Schemas["Feature"];
export type Level = Schemas["Level"];
export type Right = Schemas["FeatureRight"];

export const levels: Level[] = ["LEVEL_NONE", "LEVEL_GUEST", "LEVEL_EDITOR", "LEVEL_APPROVER"];

// useFeatures are those in use, Aval's own permissions among them.
export function useFeatures() {
  return useQuery({
    queryKey: ["features"], staleTime: Infinity,
    queryFn: async () => {
      const out: Feature[] = [];
      await everyPage(
        (pageToken) => answer(api.GET("/v1/features", { params: { query: { pageSize, pageToken } } })),
        (page) => out.push(...page.features.filter((one) => one.retireTime === null)),
      );
      return out;
    },
  });
}

export const products = (features: Feature[] | undefined): Feature[] => (features ?? []).filter((one) => !one.system);

// useLabel gives a feature's name by its path.
export function useLabel(): (path: string) => string {
  const { lang } = useWords();
  const features = useFeatures().data;
  return (path) => {
    const found = features?.find((one) => one.path === path);
    return found ? (lang === "fr" ? found.labelFr : found.labelEn) : path;
  };
}
