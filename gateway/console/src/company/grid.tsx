// The rights of all members by feature (R115 to R119), changed where they stand.
import { NativeSelect, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { answer, type Api, type Schemas } from "../api/client";
import { newKey, useChange } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useWords, type Key } from "../words/words";
import { levels, useLabel, type Feature, type Level } from "./features";

export type Member = Schemas["Member"];

export const nameOf = (member: Member): string => `${member.givenName} ${member.familyName}`.trim() || member.email;

export function Grid({ members, features }: { members: Member[]; features: Feature[] }) {
  const { t } = useWords();
  const label = useLabel();
  return (
    <div className="grid" tabIndex={0} role="region" aria-label={t("members.grid")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("members.who")}</th>
            {features.map((one) => <th scope="col" key={one.path}>{label(one.path)}</th>)}
          </tr>
        </thead>
        <tbody>{members.map((one) => <Row key={one.id} member={one} features={features} />)}</tbody>
      </table>
    </div>
  );
}

// changeCall sends all lines of the member with one of them changed: what is
// not listed is taken away. The etag refuses what somebody else changed since.
const changeCall = (member: Member, path: string, level: Level, key: string) => (to: Api) =>
  to.PATCH("/v1/organizations/{organizationId}/members/{memberId}", {
    params: { path: { organizationId: member.organizationId, memberId: member.id }, header: { "Idempotency-Key": key } },
    body: {
      updateMask: "rights", etag: member.etag,
      member: { rights: [...member.rights.filter((one) => one.feature !== path), ...(level === "LEVEL_UNSPECIFIED" ? [] : [{ feature: path, level }])] },
    },
  });

type Change = { path: string; level: Level };

function Row({ member, features }: { member: Member; features: Feature[] }) {
  const { t, day } = useWords();
  const label = useLabel();
  const change = useChange((to, { path, level }: Change) => answer(changeCall(member, path, level, newKey())(to)), ["members"]);
  const name = nameOf(member);
  return (
    <tr>
      <th scope="row">
        <Link to="/members" search={{ open: member.id }}>{name}</Link>
        <small>{t(`role.${member.role}` as Key)}{member.state === "MEMBER_STATE_SUSPENDED" && ` · ${t("sheet.state.suspended")}`}</small>
        {member.endTime && <small>{t("assignment.until", { at: day(member.endTime) })}</small>}
        {member.role === "ROLE_MEMBER" && <AsCurl call={changeCall(member, features[0]?.path ?? "", "LEVEL_GUEST", newKey())} />}
        <Failure error={change.error} />
      </th>
      {member.role === "ROLE_MEMBER"
        ? features.map((one) => (
          <td key={one.path}>
            <NativeSelect
              aria-label={`${name}, ${label(one.path)}`} disabled={change.isPending}
              value={shown(change, member, one.path)} onChange={(event) => change.mutate({ path: one.path, level: event.currentTarget.value as Level })}
              data={["LEVEL_UNSPECIFIED" as Level, ...levels].map((level) => ({ value: level, label: level === "LEVEL_UNSPECIFIED" ? t("sheet.no_line") : t(`level.${level}` as Key) }))}
            />
          </td>
        ))
        : <td colSpan={features.length}><Text c="dimmed" size="sm">{t("members.rights.all")}</Text></td>}
    </tr>
  );
}

// shown is the line as it is, or as it is about to be.
function shown(change: { isPending: boolean; variables: Change | undefined }, member: Member, path: string): Level {
  if (change.isPending && change.variables?.path === path) {
    return change.variables.level;
  }
  return member.rights.find((one) => one.feature === path)?.level ?? "LEVEL_UNSPECIFIED";
}
