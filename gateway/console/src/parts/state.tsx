// A state in a word, with a colour that is never the only sign.
import { useWords, type Key } from "../words/words";

const tones: Record<string, string> = {
  ACTIVE: "good", READY: "good", GIVEN: "good", PENDING_CONSENT: "wait", INVITED: "wait", REQUESTED: "wait", SUSPENDED: "wait", UNREACHABLE: "wait",
};

export function State({ family, name }: { family: "assignment" | "collaborator"; name: string }) {
  const { t } = useWords();
  return <span className={`state ${tones[name] ?? "soft"}`}>{t(`${family}.${name}` as Key)}</span>;
}

// short is an enum's value without its prefix.
export const short = (prefix: string, value: string): string => value.slice(prefix.length);
