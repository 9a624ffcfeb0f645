// Asking a partner for help: somebody of it is found by name, and let in on the
// company's own terms. Nothing is open before the yes that follows.
import { Button, Radio, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, answer, type Api } from "../api/client";
import { pageSize, useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import type { Partner } from "./links";

// minName is how much of a name the API asks for.
const minName = 2;

export function Help({ partner }: { partner: Partner }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [collaboratorId, choose] = useState("");
  const [reason, setReason] = useState("");
  const offer = useOffer(partner.dossierId, { collaboratorId, reason });
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); offer.go(); }}>
      <Stack gap="xs">
        <Title order={2} size="h4">{t("partners.help")}</Title>
        <Text size="sm" c="dimmed">{t("offer.lead", { partner: partner.partnerName })}</Text>
        <TextInput label={t("field.helper_name")} autoComplete="off" value={name} onChange={(event) => { setName(event.currentTarget.value); choose(""); }} />
        <Found partner={partner} typed={name} chosen={collaboratorId} choose={choose} />
        {collaboratorId && (
          <>
            <TextInput label={t("field.reason")} autoComplete="off" value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={fieldError(offer.error, "reason")} />
            <Failure error={offer.error} />
            <div className="chips">
              <Button type="submit" loading={offer.busy}>{t("offer.button")}</Button>
              <AsCurl call={offer.call} />
            </div>
          </>
        )}
      </Stack>
    </form>
  );
}

type Offer = { collaboratorId?: string; assignmentId?: string; reason?: string };

// useOffer prepares the question about somebody, and leads to it.
export function useOffer(dossierId: string, wish: Offer) {
  const clientId = useHere();
  const navigate = useNavigate();
  const key = useKey([dossierId, wish]);
  const call = (to: Api) =>
    to.POST("/v1/clients/{clientId}/partners/{dossierId}:offerAccess", { params: { path: { clientId, dossierId }, header: { "Idempotency-Key": key } }, body: wish });
  const offer = useChange((to) => answer(call(to)), ["consents"]);
  const go = () => offer.mutate(undefined, { onSuccess: ({ consentId }) => void navigate({ to: "/assistance", search: { open: consentId } }) });
  return { call, go, busy: offer.isPending, error: offer.error };
}

type FoundProps = { partner: Partner; typed: string; chosen: string; choose: (id: string) => void };

function Found({ partner, typed, chosen, choose }: FoundProps) {
  const { t } = useWords();
  const clientId = useHere();
  const [name] = useDebouncedValue(typed.trim(), 250);
  const people = useQuery({
    queryKey: ["helpers", clientId, partner.dossierId, name], enabled: name.length >= minName,
    queryFn: () => answer(api.GET("/v1/clients/{clientId}/partners/{dossierId}/helpers", { params: { path: { clientId, dossierId: partner.dossierId }, query: { name, pageSize } } })),
  });
  const found = people.data?.helpers ?? [];
  return (
    <>
      <Failure error={people.error} />
      {people.isSuccess && found.length === 0 && <Text size="sm" role="status">{t("offer.none", { partner: partner.partnerName })}</Text>}
      {found.length > 0 && (
        <Radio.Group label={t("offer.found")} value={chosen} onChange={choose}>
          <Stack gap="xs" mt="xs">{found.map((one) => <Radio key={one.collaboratorId} value={one.collaboratorId} label={`${one.name} · ${t(`partner_role.${one.partnerRole}` as "partner_role.PARTNER_ROLE_ACCOUNTANT")}`} />)}</Stack>
        </Radio.Group>
      )}
    </>
  );
}
