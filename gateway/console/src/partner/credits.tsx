// Crédit (R78 to R80): the clients that count for a month, and why the others do
// not.
import { NativeSelect, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { short } from "../parts/state";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";

type Credit = Schemas["ManagedCredit"];

// shownMonths are how many can be looked back to.
const shownMonths = 12;

export function Credits() {
  const { t, moment } = useWords();
  const { month } = useSearch({ from: "/credits" });
  const partnerId = useHere();
  const list = usePages(["credits", partnerId, month], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/managedCredits", { params: { path: { partnerId }, query: { month, pageSize, pageToken } } })));
  const first = list.data?.pages[0];
  const rows = list.data?.pages.flatMap((page) => page.credits) ?? [];
  return (
    <>
      <Title order={1}>{t("menu.credits")}</Title>
      <Text c="dimmed">{t("credit.lead")}</Text>
      <div className="tools">
        <Month chosen={month} />
        {first && <Text>{t(`credit.${short("CREDIT_STAGE_", first.stage)}` as Key)} {first.freezeTime && t("credit.freeze", { at: moment(first.freezeTime) })}</Text>}
      </div>
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      <Rows
        label={t("menu.credits")} rows={rows} id={(one) => one.dossierId} height={74} loading={list.isPending} row={(one) => <Row one={one} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
      />
      {list.isSuccess && rows.length === 0 && <Text mt="lg" c="dimmed">{t("credit.none")}</Text>}
    </>
  );
}

function Month({ chosen }: { chosen: string | undefined }) {
  const { t, lang } = useWords();
  const navigate = useNavigate({ from: "/credits" });
  const name = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" });
  const now = new Date();
  const months = Array.from({ length: shownMonths }, (_, i) => new Date(Date.UTC(now.getFullYear(), now.getMonth() - i, 1)));
  return (
    <NativeSelect
      label={t("credit.month")} value={chosen ?? months[0]!.toISOString().slice(0, 7)}
      onChange={(event) => void navigate({ search: { month: event.currentTarget.value } })}
      data={months.map((one) => ({ value: one.toISOString().slice(0, 7), label: name.format(one) }))}
    />
  );
}

function Row({ one }: { one: Credit }) {
  const { t, n, lang } = useWords();
  const reasons = one.obstacles.map((each) => t(`credit.${short("CREDIT_OBSTACLE_", each)}` as Key));
  return (
    <div className="row">
      <div className="what">
        <Text fw={600}>{one.clientName}</Text>
        <small>{n("credit.visits", one.visits)} · {n("credit.people", one.collaborators)}</small>
        {reasons.map((each) => <small key={each}>{each}</small>)}
      </div>
      {one.currency && <Text size="sm">{new Intl.NumberFormat(lang, { style: "currency", currency: one.currency }).format(Number(one.amountMinor) / 100)}</Text>}
      <Text size="sm" fw={600}>{t(one.credited ? "credit.yes" : "credit.no")}</Text>
    </div>
  );
}
