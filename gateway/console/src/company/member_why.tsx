// What a member may do on every feature, and where it comes from.
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Schemas } from "../api/client";
import { everyPage, pageSize } from "../api/queries";
import { Failure } from "../parts/failure";
import { useWords, type Key } from "../words/words";
import { useLabel } from "./features";
import type { Member } from "./grid";

type Effective = Schemas["EffectiveRight"];

export function Why({ member }: { member: Member }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <section aria-label={t("sheet.effective")}>
      <Button variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>{t("sheet.effective")}</Button>
      {open && <Table member={member} />}
    </section>
  );
}

function useEffective({ organizationId, id, etag }: Member) {
  return useQuery({
    queryKey: ["members", organizationId, "effective", id, etag],
    queryFn: async () => {
      const out: Effective[] = [];
      await everyPage(
        (pageToken) => answer(api.GET("/v1/organizations/{organizationId}/members/{memberId}/effectiveRights", {
          params: { path: { organizationId, memberId: id }, query: { pageSize, pageToken } },
        })),
        (page) => out.push(...page.rights),
      );
      return out;
    },
  });
}

function Table({ member }: { member: Member }) {
  const { t } = useWords();
  const label = useLabel();
  const list = useEffective(member);
  if (list.isPending) {
    return <Skeleton height={160} mt="sm" radius="md" />;
  }
  return (
    <>
      <Failure error={list.error} again={() => void list.refetch()} />
      <div className="grid dense" tabIndex={0} role="region" aria-label={t("sheet.effective")}>
        <table>
          <thead>
            <tr>
              {(["sheet.feature", "sheet.level", "sheet.why", "sheet.reach"] as const).map((key) => <th scope="col" key={key}>{t(key)}</th>)}
            </tr>
          </thead>
          <tbody>
            {list.data?.map((one) => (
              <tr key={one.feature?.path}>
                <th scope="row">{label(one.feature?.path ?? "")}</th>
                <td>{t(`level.${one.level}` as Key)}</td>
                <td>{t(`origin.${one.origin}` as Key, { feature: label(one.originFeature) })}</td>
                <td>{t(`reach.${one.grantReach}` as Key)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
