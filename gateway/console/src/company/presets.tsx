// A set of rights to begin with.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, answer } from "../api/client";
import { pageSize } from "../api/queries";
import { useWords } from "../words/words";
import { linesOf, type Lines } from "./rights";

export function Presets({ lines, choose }: { lines: Lines; choose: (lines: Lines) => void }) {
  const { t, lang } = useWords();
  const presets = useQuery({
    queryKey: ["presets"], staleTime: Infinity, queryFn: () => answer(api.GET("/v1/rolePresets", { params: { query: { pageSize } } })),
  }).data?.presets ?? [];
  const own = Object.fromEntries(Object.entries(lines).filter(([path]) => path.startsWith("aval/")));
  const use = (key: string) => {
    const found = presets.find((one) => one.key === key);
    if (found) {
      choose({ ...own, ...linesOf(found.rights) });
    }
  };
  return (
    <NativeSelect
      label={t("sheet.preset")} value="" onChange={(event) => use(event.currentTarget.value)}
      data={[{ value: "", label: t("sheet.preset.none") }, ...presets.map((one) => ({ value: one.key, label: lang === "fr" ? one.labelFr : one.labelEn }))]}
    />
  );
}
