// An invitation renewed, which sends a new mail (R55), or taken back (R54).
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { answer } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { Failure } from "../parts/failure";
import { useWords } from "../words/words";
import type { Done } from "../parts/done";
import { cancelCall, refreshed, renewCall, type Invitation } from "./invited";

// waits tells whether somebody can still be brought in by it.
export const waits = (one: Invitation): boolean => one.state === "INVITATION_STATE_PENDING" || one.state === "INVITATION_STATE_EXPIRED";

type Props = { one: Invitation; say: (what: Done) => void };

export function Renew({ one, say }: Props) {
  const { t } = useWords();
  const key = useKey([one.id, one.generation]);
  const renew = useChange((to) => answer(renewCall(one, key)(to)), refreshed);
  return (
    <>
      <Button
        size="compact-md" variant="default" loading={renew.isPending} aria-label={t("member.for", { action: t("member.renew"), email: one.email })}
        onClick={() => renew.mutate(undefined, { onSuccess: () => say({ text: t("member.renewed") }) })}
      >
        {t("member.renew")}
      </Button>
      <Failure error={renew.error} />
    </>
  );
}

// Cancel needs no typed word: the same address can be invited again at once.
export function Cancel({ one, say }: Props) {
  const { t } = useWords();
  const navigate = useNavigate();
  const key = useKey([one.id, one.generation]);
  const cancel = useChange((to) => answer(cancelCall(one, key)(to)), refreshed);
  const again = () => void navigate({ to: "/invitations", search: { open: "new", email: one.email } });
  return (
    <>
      <Button
        size="compact-md" color="red" variant="outline" loading={cancel.isPending} aria-label={t("member.for", { action: t("member.cancel"), email: one.email })}
        onClick={() => cancel.mutate(undefined, { onSuccess: () => say({ text: t("member.cancelled"), next: { label: t("links.reopen"), go: again } }) })}
      >
        {t("site.cancel")}
      </Button>
      <Failure error={cancel.error} />
    </>
  );
}
