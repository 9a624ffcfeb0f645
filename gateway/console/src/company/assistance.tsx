// Accès d'assistance (R129): what waits for an answer, who can come in, who
// could. One press ends an access, or all of them; each opens beside the list.
import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { useDone } from "../parts/done";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import type { Consent } from "./consents";
import { StopAll } from "./stop_all";
import { Visits } from "./visits";

const AnswerDrawer = later(async () => (await import("./answer")).AnswerDrawer);
const AccessSide = later(async () => (await import("./access")).AccessSide);
const Stop = later(async () => (await import("./stop")).Stop);

type State = Schemas["ConsentState"];

const past: State[] = [
  "CONSENT_STATE_REFUSED", "CONSENT_STATE_EXPIRED_UNANSWERED", "CONSENT_STATE_CANCELLED", "CONSENT_STATE_WITHDRAWN", "CONSENT_STATE_TERMINATED",
  "CONSENT_STATE_EXPIRED", "CONSENT_STATE_SUPERSEDED", "CONSENT_STATE_INVALIDATED",
];

export function Assistance() {
  const { t } = useWords();
  const { open, see } = useSearch({ from: "/assistance" });
  const navigate = useNavigate({ from: "/assistance" });
  const show = (id: string | undefined) => void navigate({ search: { open: id } });
  const { done, say } = useDone();
  const [stopping, stop] = useState<Consent>();
  return (
    <>
      <Title order={1}>{t("menu.assistance")}</Title>
      <Text c="dimmed">{t("assistance.lead")}</Text>
      {done}
      <Visits />
      <Part title="assistance.pending" none="assistance.pending.none" states={["CONSENT_STATE_REQUESTED"]} row={(one) => <Asked one={one} open={() => show(one.id)} />} />
      <Part title="assistance.present" none="assistance.present.none" states={["CONSENT_STATE_GIVEN"]} row={(one) => <Given one={one} stop={() => stop(one)} />} />
      <StopAll done={(text) => say({ text })} />
      <Part title="assistance.past" none="assistance.past.none" states={past} row={(one) => <Over one={one} />} />
      {open && <AnswerDrawer id={open} close={() => show(undefined)} done={(text) => { show(undefined); say({ text }); }} />}
      {stopping && <Stop one={stopping} close={() => stop(undefined)} done={(text) => say({ text })} />}
      {see && <AccessSide key={see} id={see} close={() => show(undefined)} />}
    </>
  );
}

type PartProps = { title: Key; none: Key; states: State[]; row: (one: Consent) => ReactNode };

function Part({ title, none, states, row }: PartProps) {
  const { t } = useWords();
  const organizationId = useHere();
  const list = usePages(["consents", organizationId, ...states], (pageToken) =>
    answer(api.GET("/v1/organizations/{organizationId}/consents", { params: { path: { organizationId }, query: { states, pageSize, pageToken } } })));
  const rows = list.data?.pages.flatMap((page) => page.consents) ?? [];
  return (
    <section aria-label={t(title)}>
      <Title order={2} size="h3" mt="xl" mb="sm">{t(title)}</Title>
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={64} radius="md" />}
      {list.isSuccess && rows.length === 0 && <Text c="dimmed">{t(none)}</Text>}
      <Stack gap="xs">{rows.map((one) => <div className="row" key={one.id}>{row(one)}</div>)}</Stack>
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
    </section>
  );
}

function Person({ one, children }: { one: Consent; children: ReactNode }) {
  const { t } = useWords();
  return (
    <div className="what">
      <Link to="/assistance" search={{ see: one.id }}>{one.collaboratorName}</Link>
      <small>{one.partner?.legalName} · {t(`partner_role.${one.partnerRole}` as Key)}</small>
      <small>{children}</small>
      {one.reason && <small>{t("assistance.for", { reason: one.reason })}</small>}
    </div>
  );
}

function Asked({ one, open }: { one: Consent; open: () => void }) {
  const { t, moment } = useWords();
  return (
    <>
      <Person one={one}>{one.requestExpireTime && t("assistance.wait", { at: moment(one.requestExpireTime) })}</Person>
      <Button onClick={open}>{t("assistance.answer")}</Button>
    </>
  );
}

// Given has a button only: the question stands beside the list, and stays when
// the row goes.
function Given({ one, stop }: { one: Consent; stop: () => void }) {
  const { t, moment } = useWords();
  return (
    <>
      <Person one={one}>{one.expireTime ? t("assistance.until", { at: moment(one.expireTime) }) : t("answered.endless")}</Person>
      <Group>
        <Receipt id={one.id} />
        <Button color="red" variant="outline" onClick={stop}>{t("stop.button")}</Button>
      </Group>
    </>
  );
}

function Over({ one }: { one: Consent }) {
  const { t, moment } = useWords();
  const end = one.revokeTime ?? one.expireTime ?? one.createTime;
  const state = one.state.replace("CONSENT_STATE_", "");
  return (
    <>
      <Person one={one}>{end && moment(end)}</Person>
      <Text size="sm" c="dimmed">{t(`timeline.${state}` as Key)}</Text>
      {one.giveTime && <Receipt id={one.id} />}
    </>
  );
}

// Receipt is the signed one, as a page that prints well.
function Receipt({ id }: { id: string }) {
  const { t } = useWords();
  return <Anchor href={`/assistance/${id}/receipt`}>{t("assistance.receipt")}</Anchor>;
}
