// What went wrong, in the person's language, and what to do about it. Nothing
// that was typed is lost: the form that failed stays as it is.
import { Alert, Anchor, Button, Group, List, Text } from "@mantine/core";
import { Refused } from "../api/client";
import { useWords } from "../words/words";

type Props = { error: unknown; again?: () => void };

export function Failure({ error, again }: Props) {
  const { t } = useWords();
  if (!(error instanceof Refused)) {
    return null;
  }
  const fields = error.problem?.errors ?? [];
  return (
    <Alert color="red" variant="outline" role="alert" my="md" className="card">
      <Text>{useReason(error)}</Text>
      {fields.length > 0 && <List size="sm" mt="xs">{fields.map((one) => <List.Item key={one.field}>{one.message}</List.Item>)}</List>}
      <Group mt="sm" gap="sm">
        {again && <Button size="compact-md" variant="default" onClick={again}>{t("action.retry")}</Button>}
        {error.signedOut && <Anchor href="/sign-in" target="_blank">{t("failure.sign_in")}</Anchor>}
      </Group>
    </Alert>
  );
}

function useReason(error: Refused): string {
  const { t } = useWords();
  if (error.problem === null) {
    return t("failure.network");
  }
  if (error.signedOut) {
    return t("failure.session");
  }
  return error.problem.status >= 500 ? t("failure.server") : error.problem.detail;
}

// fieldError is what the API says of one field, to stand beside it.
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof Refused ? error.problem?.errors?.find((one) => one.field === field)?.message : undefined;
}
