// Espace partenaire > Mes entreprises > Collaborateurs (R11, R34, R71, R75).
import { Alert, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, answer, type Schemas } from "../api/client";
import { pageSize, usePages } from "../api/queries";
import { Failure } from "../parts/failure";
import { useTyped } from "../parts/field";
import { later } from "../parts/later";
import { Rows } from "../parts/rows";
import { short, State } from "../parts/state";
import type { CollaboratorSearch } from "../router";
import { useHere } from "../shell/who";
import { useWords, type Key } from "../words/words";

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
  const list = useCollaborators(useHere(), search);
  const rows = list.data?.pages.flatMap((page) => page.collaborators) ?? [];
  const [adding, setAdding] = useState(false);
  const [notice, setNotice] = useState("");
  return (
    <>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1}>{t("menu.collaborators")}</Title>
          <Text c="dimmed">{t("collaborators.lead")}</Text>
        </div>
        <Button onClick={() => setAdding(true)}>+ {t("collaborator.add")}</Button>
      </Group>
      {notice && <Alert mt="md" role="status" className="card" withCloseButton closeButtonLabel={t("site.close")} onClose={() => setNotice("")}>{notice}</Alert>}
      <Tools search={search} change={change} />
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      <Rows
        label={t("menu.collaborators")} rows={rows} id={(one) => one.id} height={82} loading={list.isPending}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
        row={(one) => <Row one={one} open={() => change({ open: one.id })} />}
      />
      {list.isSuccess && rows.length === 0 && (
        <Text mt="lg" c="dimmed">{search.q ? t("collaborators.none.found", { q: search.q }) : t(search.tag ? "collaborators.none.tag" : "collaborators.none")}</Text>
      )}
      {adding && <AddCollaborator close={() => setAdding(false)} done={(text) => { setAdding(false); setNotice(text); }} />}
      {search.open && <CollaboratorDrawer id={search.open} close={() => change({ open: undefined })} />}
    </>
  );
}

function useCollaborators(partnerId: string, search: CollaboratorSearch) {
  return usePages(["collaborators", partnerId, search.q, search.tag], (pageToken) =>
    answer(api.GET("/v1/partners/{partnerId}/collaborators", {
      params: {
        path: { partnerId },
        query: { search: search.q, ...(search.tag === "NONE" ? { untagged: true } : { tag: search.tag && (`TAG_KIND_${search.tag}` as const) }), pageSize, pageToken },
      },
    })));
}

type ToolsProps = { search: CollaboratorSearch; change: (part: CollaboratorSearch, replace?: boolean) => void };

function Tools({ search, change }: ToolsProps) {
  const { t } = useWords();
  const field = useTyped(search.q ?? "", (text) => text !== (search.q ?? "") && change({ q: text || undefined }, true));
  const chips: [CollaboratorSearch["tag"], Key][] = [
    [undefined, "tag.all"], ["EMPLOYEE", "tag.TAG_KIND_EMPLOYEE"], ["FREELANCER", "tag.TAG_KIND_FREELANCER"], ["NONE", "tag.TAG_KIND_UNSPECIFIED"],
  ];
  return (
    <div className="tools">
      <TextInput type="search" label={t("field.person")} {...field} />
      <div className="chips" role="group" aria-label={t("tag.title")}>
        {chips.map(([tag, key]) => (
          <Button key={key} size="compact-sm" fw={500} variant={search.tag === tag ? "filled" : "default"} aria-pressed={search.tag === tag} onClick={() => change({ tag })}>
            {t(key)}
          </Button>
        ))}
      </div>
    </div>
  );
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
