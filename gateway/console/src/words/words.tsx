// Words in French and English, French first; the language that is spoken is
// loaded, and no other. A key that one language lacks does not compile.
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import type french from "./fr.json";

export type Lang = "fr" | "en";
export type Key = keyof typeof french & string;
type Counted = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;
type Values = Record<string, string | number>;

type Catalogue = Record<Key, string>;

const catalogues: Record<Lang, () => Promise<Catalogue>> = {
  fr: async () => (await import("./fr.json")).default,
  en: async () => (await import("./en.json")).default,
};

export type Spoken = { lang: Lang; catalogue: Catalogue };

// learn gives the words of a language.
export const learn = async (lang: Lang): Promise<Spoken> => ({ lang, catalogue: await catalogues[lang]() });

// kept keeps French punctuation with its word, as the pages do.
const kept = (lang: Lang, text: string): string => (lang === "fr" ? text.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0") : text);

export type Words = {
  lang: Lang;
  speak: (lang: Lang) => void;
  t: (key: Key, values?: Values) => string;
  // n counts: one, or other.
  n: (stem: Counted, count: number, values?: Values) => string;
  day: (time: string) => string;
  moment: (time: string) => string;
  // ago is relative, for what is recent.
  ago: (time: string) => string;
};

const Context = createContext<Words | null>(null);

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

function makeWords({ lang, catalogue }: Spoken, speak: (lang: Lang) => void): Words {
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);
  const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const t = (key: Key, values: Values = {}) => fill(kept(lang, catalogue[key]), values);
  return {
    lang,
    speak,
    t,
    n: (stem, count, values = {}) => t(`${stem}.${plural.select(count) === "one" ? "one" : "other"}` as Key, { n: number.format(count), ...values }),
    day: (time) => day.format(new Date(time)),
    moment: (time) => moment.format(new Date(time)),
    ago: (time) => relative(lang, new Date(time).getTime() - Date.now()),
  };
}

function relative(lang: Lang, milliseconds: number): string {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];
  for (const [unit, length] of steps) {
    if (Math.abs(milliseconds) >= length) {
      return format.format(Math.trunc(milliseconds / length), unit);
    }
  }
  return format.format(0, "minute");
}

export function Speaking({ first, children }: { first: Spoken; children: ReactNode }) {
  const [spoken, setSpoken] = useState(first);
  const speak = useCallback((lang: Lang) => void learn(lang).then(setSpoken, () => undefined), []); // without a network the language stays
  const words = useMemo(() => {
    document.documentElement.lang = spoken.lang;
    return makeWords(spoken, speak);
  }, [spoken, speak]);
  return <Context value={words}>{children}</Context>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (words === null) {
    throw new Error("useWords stands outside Speaking");
  }
  return words;
}
