// Requests and accesses of the company, as lanes.
import type { Bar, Lane } from "../parts/lanes";
import type { Key } from "../words/words";
import type { Consent, Visit } from "./consents";

export const wordOf = (one: Consent): Key => `timeline.${one.state.replace("CONSENT_STATE_", "")}` as Key;

export const lanesOf = (consents: Consent[], visits: Visit[], t: (key: Key) => string): Lane[] => consents.map((one) => ({
  id: one.id, words: `${one.collaboratorName} · ${t(wordOf(one))}`, bars: barsOf(one, Date.now()),
  visits: visits.filter((visit) => visit.consentId === one.id).map((visit) => Date.parse(visit.time)),
}));

// barsOf: a request that waits reaches as far as now, an access without an end
// as far as the picture does, and what is over no further than now.
function barsOf(one: Consent, now: number): Bar[] {
  const asked = at(one.createTime) ?? now;
  const given = at(one.giveTime);
  const end = at(one.revokeTime) ?? at(given === undefined ? one.requestExpireTime : one.expireTime) ?? Infinity;
  const holds = one.state === "CONSENT_STATE_GIVEN";
  const over = holds ? end : Math.min(end, now);
  const waited: Bar = { tone: "wait", from: asked, to: given ?? over };
  return given === undefined ? [waited] : [waited, { tone: holds ? "good" : "soft", from: given, to: over }];
}

const at = (time: string | null): number | undefined => (time === null ? undefined : Date.parse(time));
