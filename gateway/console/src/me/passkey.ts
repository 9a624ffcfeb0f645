// The browser's side of a passkey: what the API asks, put to the authenticator,
// and its answer as the API reads it (WebAuthn Level 3).
import { useState } from "react";
import { answer, api } from "../api/client";

type Challenge = { id: string; optionsJson: string };
export type Given = { challengeId: string; credentialJson: string };

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

type Known = { id: string }[];

function asked({ optionsJson }: Challenge) {
  const options = JSON.parse(optionsJson);
  const known = (list: Known | undefined) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options, challenge: bytes(options.challenge), ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    excludeCredentials: known(options.excludeCredentials), allowCredentials: known(options.allowCredentials),
  };
}

const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;

function given(challenge: Challenge, credential: PublicKeyCredential): Given {
  const held = credential.response as unknown as Record<string, ArrayBuffer | undefined> & { getTransports?: () => string[] };
  const response: Record<string, unknown> = held.getTransports ? { transports: held.getTransports() } : {};
  for (const part of parts) {
    const value = held[part];
    if (value) {
      response[part] = text(value);
    }
  }
  const { id, rawId, type } = credential;
  return {
    challengeId: challenge.id,
    credentialJson: JSON.stringify({ id, rawId: text(rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() }),
  };
}

// usePasskey asks for an answer; it gives none where the authenticator, or the
// person, did not answer.
export function usePasskey() {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const put = async (challenge: Challenge, way: "create" | "get"): Promise<Given | undefined> => {
    const credential = await navigator.credentials[way]({ publicKey: asked(challenge) }).catch(() => null);
    return credential instanceof PublicKeyCredential ? given(challenge, credential) : undefined;
  };
  const ask = async (challenge: () => Promise<Challenge>, way: "create" | "get") => {
    setBusy(true);
    setFailed(false);
    const out = await challenge().then((question) => put(question, way)).catch(() => undefined);
    setBusy(false);
    setFailed(out === undefined);
    return out;
  };
  return {
    busy, failed,
    prove: () => ask(() => answer(api.POST("/v1/auth:passkeyOptions", { body: {} })), "get"),
    create: (challenge: Challenge) => ask(() => Promise.resolve(challenge), "create"),
  };
}
