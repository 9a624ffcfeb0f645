// Inviter une liste: a CSV file of up to 500 people, tried first, then carried
// out; a result for each line, and a line refused keeps no other out.
import { Anchor, Button, FileButton, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, type Api, type Schemas } from "../api/client";
import { useChange, useKey } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure, fieldError } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Results } from "./guest_results";
import { refreshed } from "./invited";

export type Result = Schemas["InvitationRowResult"];

type Wish = { key: string; validateOnly: boolean };

// importCall sends the file as it is: its lines are numbered as in the file.
const importCall = (organizationId: string, file: string, { key, validateOnly }: Wish) => (to: Api) =>
  to.POST("/v1/organizations/{organizationId}/invitations:import", {
    params: { path: { organizationId }, query: { validateOnly }, header: { "Idempotency-Key": key } },
    body: file, bodySerializer: (body: string) => body, headers: { "Content-Type": "text/csv" },
  });

export function Guests() {
  const { t } = useWords();
  return (
    <>
      <Title order={1}>{t("import.title")}</Title>
      <Text c="dimmed">{t("import.lead")}</Text>
      <Form />
      <Anchor component={Link} to="/invitations">{t("invitations.title")}</Anchor>
    </>
  );
}

function Form() {
  const { t } = useWords();
  const organizationId = useHere();
  const [file, setFile] = useState("");
  const [tried, setTried] = useState("");
  const key = useKey(file);
  const call = (validateOnly: boolean) => importCall(organizationId, file, { key, validateOnly });
  const look = useChange((to) => answer(call(true)(to)), []);
  const invite = useChange((to) => answer(call(false)(to)), refreshed);
  const change = (text: string) => { setFile(text); look.reset(); invite.reset(); };
  const error = invite.error ?? look.error;
  const done = invite.data?.results;
  const results = done ?? (tried === file ? look.data?.results : undefined);
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); setTried(file); look.mutate(undefined); }}>
      <Stack my="md" maw={760}>
        <Text size="sm" c="dimmed">{t("import.example")}</Text>
        <Group gap="sm">
          <FileButton accept=".csv,text/csv,text/plain" onChange={(chosen) => void chosen?.text().then(change)}>
            {(props) => <Button variant="default" {...props}>{t("import.choose")}</Button>}
          </FileButton>
          <Text size="sm" c="dimmed">{t("import.file.hint")}</Text>
        </Group>
        <Textarea
          label={t("field.pasted")} autosize minRows={4} maxRows={14} value={file} spellCheck={false} error={fieldError(error, "file")}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <Failure error={error} />
        <Group>
          <Button type="submit" variant={results ? "default" : "filled"} disabled={file.trim() === ""} loading={look.isPending}>{t("import.submit")}</Button>
          <AsCurl call={call(false)} />
        </Group>
        <div role="status">
          {results && <Results results={results} done={done !== undefined} />}
        </div>
        {results && !done && <Confirm results={results} busy={invite.isPending} act={() => invite.mutate(undefined)} />}
      </Stack>
    </form>
  );
}

// Confirm is there when the list would come to anything.
function Confirm({ results, busy, act }: { results: Result[]; busy: boolean; act: () => void }) {
  const { n } = useWords();
  const mailed = results.filter((one) => one.outcome === "INVITATION_OUTCOME_CREATED" || one.outcome === "INVITATION_OUTCOME_RENEWED").length;
  return mailed > 0 && <Group><Button loading={busy} onClick={act}>{n("import.confirm", mailed)}</Button></Group>;
}
