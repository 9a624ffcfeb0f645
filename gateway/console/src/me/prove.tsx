// What could harm is asked for twice: the password again, or a second factor
// where the person has one; it then counts for ten minutes. The wish goes on
// once it is confirmed, as the button says.
import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { answer, api, Refused, type Api } from "../api/client";
import { useChange } from "../api/queries";
import { Failure, fieldError } from "../parts/failure";
import { useWords } from "../words/words";
import { usePasskey } from "./passkey";

type Proof = { password: string } | { code: string } | { passkey: { challengeId: string; credentialJson: string } };

// useProven is a change that may have to be confirmed first; dialog stands
// beside its form.
export function useProven<In, Out>(change: (api: Api, given: In) => Promise<Out>, refreshes: readonly string[], done: (out: Out) => void) {
  const wish = useChange(change, refreshes);
  const go = (given: In) => wish.mutate(given, { onSuccess: done });
  const asked = wish.error instanceof Refused && wish.error.problem?.reason === "STEP_UP_REQUIRED";
  const dialog: ReactNode = asked && <Prove cancel={wish.reset} goOn={() => go(wish.variables as In)} />;
  return { ...wish, go, dialog, error: asked ? null : wish.error };
}

function Prove({ cancel, goOn }: { cancel: () => void; goOn: () => void }) {
  const { t } = useWords();
  const factors = useFactors();
  return (
    <Modal opened onClose={cancel} title={t("confirm.title")} closeButtonProps={{ "aria-label": t("site.close") }}>
      <Text mb="sm">{t("confirm.lead")}</Text>
      <Failure error={factors.error} again={() => void factors.refetch()} />
      {factors.data && <Ways factors={factors.data.factors.map((one) => one.kind)} cancel={cancel} goOn={goOn} />}
    </Modal>
  );
}

export const useFactors = () => useQuery({ queryKey: ["factors"], queryFn: () => answer(api.GET("/v1/me/factors", {})) });

function prove(to: Api, proof: Proof): Promise<unknown> {
  if ("password" in proof) {
    return answer(to.POST("/v1/me:confirmIdentity", { body: proof }));
  }
  return answer(to.POST("/v1/auth:stepUp", { body: { proof: "passkey" in proof ? proof : spelled(proof.code) } }));
}

// spelled: an app's code is six digits, and no recovery code is.
const spelled = (code: string) => (/^\d{6}$/.test(code.trim()) ? { totpCode: code.trim() } : { recoveryCode: code.trim() });

function Ways({ factors, cancel, goOn }: { factors: string[]; cancel: () => void; goOn: () => void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const passkey = usePasskey();
  const proven = useChange(prove, ["factors"]);
  const hold = (proof: Proof) => proven.mutate(proof, { onSuccess: goOn });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hold(factors.length > 0 ? { code: typed } : { password: typed });
  };
  const field = { "data-autofocus": true, value: typed, onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value) };
  const wrong = fieldError(proven.error, "password") ?? fieldError(proven.error, "proof");
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        {factors.includes("FACTOR_KIND_PASSKEY") && (
          <Button variant="default" loading={passkey.busy} onClick={() => void passkey.prove().then((given) => given && hold({ passkey: given }))}>{t("passkey.use")}</Button>
        )}
        {passkey.failed && <Text role="alert" c="red">{t("passkey.failed")}</Text>}
        {factors.length > 0
          ? <TextInput {...field} label={t("account.proof")} autoComplete="one-time-code" error={wrong} />
          : <PasswordInput {...field} label={t("field.password")} autoComplete="current-password" error={wrong} />}
        <Failure error={proven.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>{t("site.cancel")}</Button>
          <Button type="submit" loading={proven.isPending}>{t("account.prove")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
