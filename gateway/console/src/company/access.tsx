// One access or request, beside the list: who, for what, on which terms, what
// happened and when, what was done inside, and its receipt.
import { Anchor, Button, Group, List, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { Lanes } from "../parts/lanes";
import { useHere } from "../shell/who";
import { useWords, type Key, type Words } from "../words/words";
import { refreshed, useAll, useEntries, visitsIn, type Consent } from "./consents";
import { useLabel } from "./features";
import { useOffer } from "./help";
import { usePartners } from "./links";
import { Narrow } from "./narrow";
import { lanesOf } from "./over_time";
import { Side } from "./side";

export function AccessSide({ id, close }: { id: string; close: () => void }) {
  const { t } = useWords();
  const one = useQuery({
    queryKey: ["consents", "timeline", id], queryFn: () => answer(api.GET("/v1/consents/{consentId}", { params: { path: { consentId: id } } })),
  });
  return (
    <Side title={one.data?.collaboratorName ?? t("menu.assistance")} close={close}>
      <Failure error={one.error} again={() => void one.refetch()} />
      {one.isPending && <Skeleton height={320} radius="md" />}
      {one.data && <Sheet consent={one.data} />}
    </Side>
  );
}

function Sheet({ consent }: { consent: Consent }) {
  const { t } = useWords();
  return (
    <Stack>
      <Partner consent={consent} />
      {consent.pauseTime && consent.state === "CONSENT_STATE_GIVEN" && <Confirm consent={consent} since={consent.pauseTime} />}
      <Terms consent={consent} />
      {consent.state === "CONSENT_STATE_GIVEN" && <Change consent={consent} />}
      <Steps consent={consent} />
      <Person consent={consent} />
      {consent.giveTime && <Receipt id={consent.id} />}
      {consent.state !== "CONSENT_STATE_GIVEN" && consent.giveTime !== null && <Offered consent={consent} button={t("again.button")} />}
    </Stack>
  );
}

// Partner is who asked, as it was when it did (R24).
function Partner({ consent: { partner, partnerRole, reason } }: { consent: Consent }) {
  const { t } = useWords();
  return (
    <div>
      <Text fw={600}>{partner?.legalName} · {t(`partner_role.${partnerRole}` as Key)}</Text>
      <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-line" }}>{[partner?.registrationNumber, partner?.postalAddress].filter(Boolean).join("\n")}</Text>
      <Text size="sm">{[partner?.contactEmail, partner?.contactPhone].filter(Boolean).join(" · ")}</Text>
      {reason && <Text size="sm" mt="xs">{t("assistance.for", { reason })}</Text>}
    </div>
  );
}

// endOf is when it ended, or will.
function endOf(consent: Consent, { t, moment }: Words): string {
  if (consent.revokeTime) {
    return t("receipt.complete", { at: moment(consent.revokeTime) });
  }
  return consent.expireTime ? t("assistance.until", { at: moment(consent.expireTime) }) : t("answered.endless");
}

function Terms({ consent }: { consent: Consent }) {
  const words = useWords();
  const { t } = words;
  const label = useLabel();
  const rights = consent.giveTime === null ? consent.requestedRights : consent.grantedRights;
  return (
    <section aria-label={t("answered.agreed")}>
      <Title order={2} size="h4">{t("answered.agreed")}</Title>
      {consent.giveTime && <Text>{endOf(consent, words)}</Text>}
      {consent.approverName && <Text size="sm">{t("access.by", { who: consent.approverName, how: howOf(consent, t) })}</Text>}
      <List size="sm" mt="xs">
        {rights.map((one) => <List.Item key={one.feature}>{t("right.line", { feature: label(one.feature), level: t(`level.${one.level}` as Key) })}</List.Item>)}
      </List>
    </section>
  );
}

const howOf = (consent: Consent, t: (key: Key) => string): string =>
  consent.assurance === "ASSURANCE_UNSPECIFIED" ? "" : t(`proof.assurance.${consent.assurance.replace("ASSURANCE_", "")}` as Key);

// stepWord names a step: by the state that it leads to, or, where that stays, by
// what happened to it.
function stepWord(one: Schemas["Transition"]): string {
  if (one.from !== one.to) {
    return one.to.replace("CONSENT_STATE_", "");
  }
  if (one.to === "CONSENT_STATE_REQUESTED") {
    return "POSTPONED";
  }
  if (one.reason === "narrow") {
    return "narrowed";
  }
  return one.party === "PARTY_CLIENT" ? "confirmed" : "paused";
}

function Steps({ consent }: { consent: Consent }) {
  const { t, moment } = useWords();
  return (
    <section aria-label={t("answered.timeline")}>
      <Title order={2} size="h4">{t("answered.timeline")}</Title>
      <List size="sm">
        {consent.timeline.map((one) => (
          <List.Item key={`${one.to} ${one.time}`}>
            {t(`timeline.${stepWord(one)}` as Key)}{one.actorName && ` · ${one.actorName}`}{" "}
            {one.time && <Text span size="sm" c="dimmed">{moment(one.time)}</Text>}
          </List.Item>
        ))}
      </List>
    </section>
  );
}

// Person is what the same person had here and did here.
function Person({ consent }: { consent: Consent }) {
  const { t, moment } = useWords();
  const organizationId = useHere();
  const all = useAll(organizationId);
  const entries = useEntries(organizationId, consent.userId);
  const own = all.data?.consents.filter((one) => one.userId === consent.userId && one.partnerId === consent.partnerId) ?? [];
  const done = entries.data?.entries ?? [];
  return (
    <section aria-label={t("access.person")}>
      <Title order={2} size="h4" mb="xs">{t("access.person")}</Title>
      <Failure error={all.error ?? entries.error} again={() => { void all.refetch(); void entries.refetch(); }} />
      {own.length > 0 && <Lanes lanes={lanesOf(own, visitsIn(done), t)} label={t("access.person")} />}
      {entries.isSuccess && done.length === 0 && <Text size="sm" c="dimmed">{t("access.person.none")}</Text>}
      <List size="sm">
        {done.slice(0, 20).map((one) => <List.Item key={one.id}>{one.sentence} {one.time && <Text span size="sm" c="dimmed">{moment(one.time)}</Text>}</List.Item>)}
      </List>
    </section>
  );
}

// Receipt is the signed one: a page that prints well, and a file.
export function Receipt({ id }: { id: string }) {
  const { t } = useWords();
  return (
    <Group gap="sm">
      <Anchor href={`/assistance/${id}/receipt`}>{t("assistance.receipt")}</Anchor>
      <Anchor href={`/assistance/${id}/receipt.json`} download>{t("proof.file")}</Anchor>
      <AsCurl call={(to) => to.GET("/v1/consents/{consentId}/receipt", { params: { path: { consentId: id } } })} />
    </Group>
  );
}

// Confirm keeps an access going that pauses.
function Confirm({ consent, since }: { consent: Consent; since: string }) {
  const { t, moment } = useWords();
  const key = useKey([consent.id, since]);
  const call = (to: Api) => to.POST("/v1/consents/{consentId}:confirm", { params: { path: { consentId: consent.id }, header: { "Idempotency-Key": key } }, body: {} });
  const confirm = useChange((to) => answer<unknown>(call(to)), refreshed);
  return (
    <div>
      <Text fw={600}>{t("answered.paused")}</Text>
      <Text size="sm">{t("answered.paused.text", { at: moment(since) })}</Text>
      <Failure error={confirm.error} />
      <Group mt="xs"><Button loading={confirm.isPending} onClick={() => confirm.mutate(undefined)}>{t("answered.confirm")}</Button><AsCurl call={call} /></Group>
    </div>
  );
}

// Change gives less of a running access at once, or more by a new answer.
function Change({ consent }: { consent: Consent }) {
  const { t } = useWords();
  const [less, setLess] = useState(false);
  return (
    <Group>
      <Offered consent={consent} button={t("more.button")} />
      <Button variant="default" onClick={() => setLess(true)}>{t("narrow.title")}</Button>
      {less && <Narrow consent={consent} close={() => setLess(false)} />}
    </Group>
  );
}

// Offered prepares the question about somebody who has or had access, of a
// partner that is still linked.
function Offered({ consent, button }: { consent: Consent; button: string }) {
  const links = usePartners().data?.pages.flatMap((page) => page.partners) ?? [];
  const link = links.find((one) => one.partnerId === consent.partnerId && one.state === "DOSSIER_STATE_ACTIVE");
  const offer = useOffer(link?.dossierId ?? "", { assignmentId: consent.assignmentId });
  return link && (
    <>
      <Failure error={offer.error} />
      <Group><Button variant="default" loading={offer.busy} onClick={offer.go}>{button}</Button><AsCurl call={offer.call} /></Group>
    </>
  );
}
