// Why a guest is not in yet (R60 to R69), what to do next, what is known, and a
// text to hand to customer service (R65).
import { Alert, Anchor, Button, Code, CopyButton, Group, List, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, answer, type Api, type Schemas } from "../api/client";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { useDone } from "../parts/done";
import { LinkButton } from "./link_button";
import { Renew, waits } from "./renewal";

type Found = Schemas["DiagnoseInvitationResponse"];

export const diagnoseCall = (organizationId: string, email: string) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/invitations:diagnose", { params: { path: { organizationId } }, body: { email } });

export function useDiagnosis(email: string) {
  const organizationId = useHere();
  const { lang } = useWords();
  return useQuery({
    queryKey: ["invitations", organizationId, "diagnosis", email, lang], enabled: email !== "", staleTime: 0,
    queryFn: () => answer(diagnoseCall(organizationId, email)(api)),
  });
}

// Beside the invitation itself its own buttons are not repeated.
type Props = { email: string; beside?: boolean };

export function Diagnosis({ email, beside }: Props) {
  const found = useDiagnosis(email);
  return (
    <>
      <Failure error={found.error} again={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={160} radius="md" />}
      {found.data && <Findings email={email} beside={beside} found={found.data} />}
    </>
  );
}

function Findings({ email, beside, found }: Props & { found: Found }) {
  const { t } = useWords();
  const organizationId = useHere();
  const { done, say } = useDone();
  return (
    <Stack gap="sm">
      <Alert className="card" role="status">
        <Text fw={600}>{found.sentence}</Text>
        <Text>{found.nextStep}</Text>
        <Group mt="sm">
          {!beside && found.invitation && waits(found.invitation) && <Renew one={found.invitation} say={say} />}
          {found.diagnosis === "INVITATION_DIAGNOSIS_NEVER_INVITED" && (
            <LinkButton to="/invitations" search={{ open: "new", email }} size="compact-md" variant="default">{t("member.add")}</LinkButton>
          )}
          <AsCurl call={diagnoseCall(organizationId, email)} />
        </Group>
      </Alert>
      {done}
      {found.meantEmail && <Link to="/diagnosis" search={{ email: found.meantEmail }}>{t("diagnose.meant", { email: found.meantEmail })}</Link>}
      <Facts found={found} />
      <Context text={found.context} />
      <WithoutMail />
    </Stack>
  );
}

function Facts({ found }: { found: Found }) {
  const { t, moment } = useWords();
  return (
    <section aria-label={t("diagnose.facts")}>
      <Title order={2} size="h4">{t("diagnose.facts")}</Title>
      <List size="sm">
        {found.facts.map((one) => <List.Item key={`${one.time} ${one.text}`}>{one.text} {one.time && <Text span c="dimmed" size="sm">{moment(one.time)}</Text>}</List.Item>)}
      </List>
    </section>
  );
}

function Context({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <section aria-label={t("diagnose.context")}>
      <Title order={2} size="h4">{t("diagnose.context")}</Title>
      <Text size="sm" c="dimmed">{t("diagnose.context.hint")}</Text>
      <Code block className="curl" tabIndex={0}>{text}</Code>
      <Copy text={text} />
    </section>
  );
}

// WithoutMail: who has a password finds their invitations by signing in (R63).
function WithoutMail() {
  const { t } = useWords();
  const address = `${window.location.origin}/organizations`;
  const guide = `${window.location.origin}/guide/invitation`;
  return (
    <section aria-label={t("diagnose.pass_on")}>
      <Title order={2} size="h4">{t("diagnose.pass_on")}</Title>
      <Text size="sm">{t("diagnose.pass_on.hint")}</Text>
      <Group gap="sm"><Code>{address}</Code><Copy text={address} /></Group>
      <Text size="sm" mt="xs">{t("diagnose.guide")} <Anchor href={guide}>{guide}</Anchor></Text>
    </section>
  );
}

function Copy({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => <Button mt={4} size="compact-sm" variant="default" onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
    </CopyButton>
  );
}
