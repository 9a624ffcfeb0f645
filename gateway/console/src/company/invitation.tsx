// One invitation, beside the list: to what, until when, what became of its
// mails, and why its guest may not be in yet.
import { Group, Stack, Text, Title } from "@mantine/core";
import { newKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { useWords, type Key } from "../words/words";
import type { Done } from "../parts/done";
import { Diagnosis } from "./diagnosis";
import { useLabel } from "./features";
import { cancelCall, guestName, renewCall, type Invitation, type Invited, type Mail } from "./invited";
import { Cancel, Renew, waits } from "./renewal";
import { Side } from "./side";

type Props = { one: Invited; close: () => void; say: (what: Done) => void };

export function InvitationSide({ one: { invitation, mail }, close, say }: Props) {
  const told = (what: Done) => { close(); say(what); };
  return (
    <Side title={guestName(invitation) || invitation.email} close={close}>
      <Stack>
        <Text>{invitation.email}</Text>
        <Terms one={invitation} />
        {mail && <Sent mail={mail} />}
        {waits(invitation) && (
          <Group>
            <Renew one={invitation} say={told} />
            <AsCurl call={renewCall(invitation, newKey())} />
            {invitation.state === "INVITATION_STATE_PENDING" && (
              <>
                <Cancel one={invitation} say={told} />
                <AsCurl call={cancelCall(invitation, newKey())} />
              </>
            )}
          </Group>
        )}
        <Diagnosis email={invitation.email} beside />
      </Stack>
    </Side>
  );
}

function Terms({ one }: { one: Invitation }) {
  const { t, n, moment, day } = useWords();
  const label = useLabel();
  const state = one.state.replace("INVITATION_STATE_", "");
  return (
    <div>
      <Text>{t(`role.${one.role}` as Key)} · {t(`invitation.${state}` as Key)}</Text>
      {waits(one) && one.expireTime && <Text size="sm" c="dimmed">{t("members.until", { at: moment(one.expireTime) })}</Text>}
      {one.memberValidUntil && <Text size="sm" c="dimmed">{t("invitation.member_until", { at: day(one.memberValidUntil) })}</Text>}
      {one.generation > 0 && <Text size="sm" c="dimmed">{n("invitation.renewed", one.generation)}</Text>}
      {one.rights.map((right) => (
        <Text key={right.feature} size="sm">{t("right.line", { feature: label(right.feature), level: t(`level.${right.level}` as Key) })}</Text>
      ))}
    </div>
  );
}

function Sent({ mail }: { mail: Mail }) {
  const { t, n, moment } = useWords();
  return (
    <div>
      <Title order={2} size="h4">{t("invitation.mail")}</Title>
      <Text>{t(`mail.${mail.state}` as Key)}{mail.smtpCode > 0 && ` (${mail.smtpCode})`}</Text>
      <Text size="sm" c="dimmed">{n("invitation.tries", mail.attempts)}{mail.tryTime && ` · ${moment(mail.tryTime)}`}</Text>
      {mail.nextTryTime && <Text size="sm" c="dimmed">{t("invitation.next_try", { at: moment(mail.nextTryTime) })}</Text>}
    </div>
  );
}
