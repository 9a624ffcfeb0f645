// Paramètres > Gérer les membres (R49, R52): who works here, and the rights of
// each by feature (R115 to R119), changed where they stand.
import { Anchor, Button, Group, NativeSelect, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, answer, type Api, type Schemas } from "../api/client";
import { everyPage, newKey, pageSize, useChange, usePages } from "../api/queries";
import { AsCurl } from "../parts/curl";
import { Failure } from "../parts/failure";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";

type Member = Schemas["Member"];
type Feature = Schemas["Feature"];
type Level = Schemas["Level"];

const levels: Level[] = ["LEVEL_UNSPECIFIED", "LEVEL_NONE", "LEVEL_GUEST", "LEVEL_EDITOR", "LEVEL_APPROVER"];

export function Members() {
  const { t } = useWords();
  const organizationId = useHere();
  const list = usePages(["members", organizationId], (pageToken) =>
    answer(api.GET("/v1/organizations/{organizationId}/members", { params: { path: { organizationId }, query: { pageSize, pageToken } } })));
  const features = useFeatures();
  const members = (list.data?.pages.flatMap((page) => page.members) ?? []).filter((one) => one.state !== "MEMBER_STATE_ENDED");
  return (
    <>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1}>{t("menu.members")}</Title>
          <Text c="dimmed">{t("members.lead")}</Text>
        </div>
        <Button component="a" href="/members/new">{t("member.add")}</Button>
      </Group>
      <Failure error={list.error ?? features.error} again={() => { void list.refetch(); void features.refetch(); }} />
      {features.data && members.length > 0 && <Grid members={members} features={features.data} />}
      {list.hasNextPage && <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("site.next_page")}</Button>}
    </>
  );
}

// useFeatures reads the catalogue as far as members' rights go.
function useFeatures() {
  return useQuery({
    queryKey: ["features"], staleTime: Infinity,
    queryFn: async () => {
      const out: Feature[] = [];
      await everyPage(
        (pageToken) => answer(api.GET("/v1/features", { params: { query: { pageSize, pageToken } } })),
        (page) => out.push(...page.features.filter((one) => !one.system && one.retireTime === null)),
      );
      return out;
    },
  });
}

function Grid({ members, features }: { members: Member[]; features: Feature[] }) {
  const { t, lang } = useWords();
  return (
    <div className="grid" tabIndex={0} role="region" aria-label={t("members.grid")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("members.who")}</th>
            {features.map((one) => <th scope="col" key={one.path}>{lang === "fr" ? one.labelFr : one.labelEn}</th>)}
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
  const { t, lang } = useWords();
  const change = useChange((to, { path, level }: Change) => answer(changeCall(member, path, level, newKey())(to)), ["members"]);
  const name = `${member.givenName} ${member.familyName}`;
  return (
    <tr>
      <th scope="row">
        <Anchor href={`/members/${member.id}`}>{name}</Anchor>
        <small>{t(`role.${member.role}` as Key)}</small>
        {member.role === "ROLE_MEMBER" && <AsCurl call={changeCall(member, features[0]?.path ?? "", "LEVEL_GUEST", newKey())} />}
        <Failure error={change.error} />
      </th>
      {member.role === "ROLE_MEMBER"
        ? features.map((one) => (
          <td key={one.path}>
            <NativeSelect
              aria-label={`${name}, ${lang === "fr" ? one.labelFr : one.labelEn}`} disabled={change.isPending}
              value={shown(change, member, one.path)} onChange={(event) => change.mutate({ path: one.path, level: event.currentTarget.value as Level })}
              data={levels.map((level) => ({ value: level, label: level === "LEVEL_UNSPECIFIED" ? t("sheet.no_line") : t(`level.${level}` as Key) }))}
            />
          </td>
        ))
        : <td colSpan={features.length}><Text c="dimmed" size="sm">{t("level.LEVEL_APPROVER")}</Text></td>}
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
