// From asked to given: how many of the newest requests the client answered,
// allowed, and how many were used. The API lists requests and counts none of
// these, so pages are read, as far back as is said.
import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { endReason, stateOf, wasGiven, type Assignment } from "./list";

// atOnce is how many pages are read without being asked for more.
const atOnce = 5;

export function Funnel() {
  const { t } = useWords();
  const partnerId = useHere();
  const list = usePages(["dossiers", partnerId, "every assignment"], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/assignments", { params: { path: { partnerId }, query: { pageSize, pageToken } } })));
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const read = list.data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && read < atOnce) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetching, fetchNextPage, read]);
  const visits = useQuery({
    queryKey: ["visits", partnerId, "newest"],
    queryFn: () => answer(api.GET("/v1/partners/{partnerId}/supportSessions", { params: { path: { partnerId }, query: { pageSize } } })),
  });
  const all = list.data?.pages.flatMap((page) => page.assignments) ?? [];
  if (list.isSuccess && all.length === 0) {
    return <Text c="dimmed">{t("funnel.none")}</Text>;
  }
  return (
    <>
      <Failure error={list.error ?? visits.error} again={() => void Promise.all([list.refetch(), visits.refetch()])} />
      {all.length > 0 && <Stages all={all} visits={visits.data?.supportSessions ?? []} />}
      {all.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t(hasNextPage ? "funnel.bound.recent" : "funnel.bound.all", { n: all.length })} {visits.data?.nextPageToken && t("funnel.bound.visits", { n: pageSize })}
        </Text>
      )}
      {hasNextPage && read >= atOnce && <Button mt="sm" variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>{t("funnel.further")}</Button>}
    </>
  );
}

type StagesProps = { all: Assignment[]; visits: Schemas["SupportSession"][] };

function Stages({ all, visits }: StagesProps) {
  const { t, lang } = useWords();
  const seen = new Set(visits.map((one) => `${one.collaboratorId} ${one.dossierId}`));
  const given = all.filter(wasGiven);
  const rows: [Key, number][] = [
    ["funnel.asked", all.length], ["funnel.answered", all.filter(wasAnswered).length], ["funnel.given", given.length],
    ["funnel.used", given.filter((one) => seen.has(`${one.collaboratorId} ${one.dossierId}`)).length],
  ];
  const share = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
  return (
    <>
      <table className="funnel">
        <thead><tr><th scope="col">{t("funnel.stage")}</th><th scope="col">{t("funnel.count")}</th><th scope="col">{t("funnel.share")}</th></tr></thead>
        <tbody>
          {rows.map(([key, n]) => (
            <tr key={key}>
              <th scope="row">{t(key)}</th><td>{n}</td>
              <td><span className="funnel-bar" style={{ width: `${(100 * n) / all.length}%` }} aria-hidden /> {share.format(n / all.length)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Lost all={all.filter((one) => !wasGiven(one))} />
    </>
  );
}

// wasAnswered: somebody who detached before the answer left no sign of one.
const wasAnswered = (one: Assignment): boolean => wasGiven(one) || (stateOf(one) === "ENDED" && endReason(one) === "DECLINED");

function Lost({ all }: { all: Assignment[] }) {
  const { t } = useWords();
  const why = new Map<Key, number>();
  for (const one of all) {
    const key: Key = stateOf(one) === "ENDED" ? (`end.${one.endReason}` as Key) : "funnel.waiting";
    why.set(key, (why.get(key) ?? 0) + 1);
  }
  if (why.size === 0) {
    return null;
  }
  return (
    <section aria-label={t("funnel.lost")}>
      <Text fw={600} mt="md">{t("funnel.lost")}</Text>
      <ul className="plain">{[...why].sort((x, y) => y[1] - x[1]).map(([key, n]) => <li key={key}>{n} · {t(key)}</li>)}</ul>
    </section>
  );
}
