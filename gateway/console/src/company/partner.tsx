// One partner, beside the list: who of it could come in and when, help to ask
// for, and what keeps it out.
import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, type Api } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { Failure } from "../parts/failure";
import { Lanes } from "../parts/lanes";
import { Removal } from "../parts/removal";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Blocking } from "./blocked";
import { useAll, useVisits, type Consent } from "./consents";
import { Help } from "./help";
import type { Partner } from "./links";
import { lanesOf, wordOf } from "./over_time";
import { Side } from "./side";

type Props = { partner: Partner; close: () => void };

export function PartnerSide({ partner, close }: Props) {
  const { t, day } = useWords();
  const [ending, setEnding] = useState(false);
  const active = partner.state === "DOSSIER_STATE_ACTIVE";
  const all = useAll(useHere());
  const consents = all.data?.consents.filter((one) => one.partnerId === partner.partnerId) ?? [];
  return (
    <Side title={partner.partnerName} close={close}>
      <Stack>
        <Text c="dimmed">{partner.createTime && t("links.since", { at: day(partner.createTime) })}</Text>
        <Failure error={all.error} again={() => void all.refetch()} />
        {all.isPending && <Skeleton height={120} radius="md" />}
        {all.data && <Story consents={consents} more={all.data.more} />}
        {active && <Help partner={partner} />}
        {consents.length > 0 && <Blocking partnerId={partner.partnerId} />}
        {active && (
          <Stack gap="xs">
            <Title order={2} size="h4">{t("links.end")}</Title>
            <Text size="sm" c="dimmed">{t("links.end.after")}</Text>
            <Group><Button color="red" variant="outline" onClick={() => setEnding(true)}>{t("links.end")}</Button></Group>
          </Stack>
        )}
        {ending && <End partner={partner} close={() => setEnding(false)} />}
      </Stack>
    </Side>
  );
}

// Story is the partner's accesses as a picture, and as a list to open.
function Story({ consents, more }: { consents: Consent[]; more: boolean }) {
  const { t } = useWords();
  const visits = useVisits();
  return (
    <section aria-label={t("partners.story")}>
      <Title order={2} size="h4" mb="xs">{t("partners.story")}</Title>
      {consents.length === 0 && <Text c="dimmed">{t("partners.story.none")}</Text>}
      {consents.length > 0 && (
        <>
          <Lanes lanes={lanesOf(consents, visits, t)} label={t("partners.story")} />
          <ul className="results" tabIndex={0} aria-label={t("partners.people")}>{consents.map((one) => <Line key={one.id} one={one} />)}</ul>
        </>
      )}
      {more && <Text size="sm" c="dimmed">{t("partners.story.more")}</Text>}
    </section>
  );
}

function Line({ one }: { one: Consent }) {
  const { t, day } = useWords();
  return (
    <li>
      <Link to="/assistance" search={{ see: one.id }}>{one.collaboratorName}</Link>
      <span>{t(wordOf(one))}{one.createTime && ` · ${day(one.createTime)}`}</span>
    </li>
  );
}

function End({ partner, close }: Props) {
  const { t } = useWords();
  const clientId = useHere();
  const key = useKey(partner.dossierId);
  const call = (to: Api) =>
    to.POST("/v1/clients/{clientId}/partners/{dossierId}:end", { params: { path: { clientId, dossierId: partner.dossierId }, header: { "Idempotency-Key": key } }, body: {} });
  const end = useChange((to) => answer(call(to)), ["partners", "consents", "visits"]);
  return (
    <Removal
      title={t("links.end")} lead={t("links.end.lead", { name: partner.partnerName })} button={t("links.end")} busy={end.isPending} error={end.error}
      act={() => end.mutate(undefined)} curl={call} close={close} receipt={end.data?.receipt} ended={t("links.ended")}
    />
  );
}
