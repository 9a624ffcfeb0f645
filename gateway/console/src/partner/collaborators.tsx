// Espace partenaire > Mes entreprises > Collaborateurs (R11, R34, R71, R75).
import { Button, Group, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { useDone } from "../parts/done";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { Rows } from "../parts/rows";
import { short, State } from "../parts/state";
import type { CollaboratorSearch } from "../router";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";
import { matchingStaff, useStaff, useStaffCounts } from "./staff";
import { StaffTools } from "./staff_tools";

const AddCollaborator = later(async () => (await import("./add")).AddCollaborator);
const CollaboratorDrawer = later(async () => (await import("./collaborator")).CollaboratorDrawer);

export type Collaborator = Schemas["Collaborator"];

export const fullName = (one: Pick<Collaborator, "givenName" | "familyName">): string => `${one.givenName} ${one.familyName}`;

export const stateOf = (one: Collaborator): string => (one.suspendTime ? "SUSPENDED" : short("COLLABORATOR_STATE_", one.state));

export function Collaborators() {
  const { t } = useWords();
  const search = useSearch({ from: "/collaborators" });
  const navigate = useNavigate({ from: "/collaborators" });
  const change = (part: CollaboratorSearch, replace = false) => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const partnerId = useHere();
  const { list, rows } = useStaff(partnerId, search);
  const counts = useStaffCounts(partnerId);
  const [adding, setAdding] = useState(false);
  const { done, say } = useDone();
  return (
    <>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1}>{t("menu.collaborators")}</Title>
          <Text c="dimmed">{t("collaborators.lead")}</Text>
        </div>
        <Button onClick={() => setAdding(true)}>+ {t("collaborator.add")}</Button>
      </Group>
      {done}
      <StaffTools search={search} change={change} counts={counts.data} />
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      <Rows
        label={t("menu.collaborators")} rows={rows} id={(one) => one.id} height={82} loading={list.isPending}
        total={matchingStaff(search, counts.data, { rows: rows.length, more: list.hasNextPage })}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
        row={(one) => <Row one={one} open={() => change({ open: one.id })} />}
      />
      {list.isSuccess && rows.length === 0 && <Nothing search={search} />}
      {adding && <AddCollaborator close={() => setAdding(false)} done={(text) => { setAdding(false); say({ text }); }} />}
      {search.open && <CollaboratorDrawer id={search.open} close={() => change({ open: undefined })} />}
    </>
  );
}

function Nothing({ search: { q, tag, filter } }: { search: CollaboratorSearch }) {
  const { t } = useWords();
  const filtered = filter ? "collaborators.none.filter" : tag ? "collaborators.none.tag" : "collaborators.none";
  return <Text mt="lg" c="dimmed">{q ? t("collaborators.none.found", { q }) : t(filtered)}</Text>;
}

function Row({ one, open }: { one: Collaborator; open: () => void }) {
  const { t } = useWords();
  return (
    <div className="row">
      <div className="what">
        <button type="button" onClick={open}>{fullName(one)}</button>
        <small>{one.email}</small>
      </div>
      <Text size="sm">{t(`partner_role.${one.partnerRole}` as Key)}</Text>
      <Text size="sm" c="dimmed">{t(`tag.${one.tag?.kind ?? "TAG_KIND_UNSPECIFIED"}` as Key)}</Text>
      <State family="collaborator" name={stateOf(one)} />
    </div>
  );
}
