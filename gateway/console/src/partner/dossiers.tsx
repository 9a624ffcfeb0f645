// Espace partenaire > Mes entreprises > Dossiers (R20): find, tick, Affecter un
// support; one row opens beside the list. A row is plain: while the list is
// scrolled, many are made in every frame.
import { Anchor, Button, Checkbox, Group, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Failure } from "../parts/failure";
import { later } from "../parts/later";
import { Rows } from "../parts/rows";
import { short, State } from "../parts/state";
import type { DossierSearch } from "../router";
import { administers, useHere, useWho } from "../shell/who";
import { useWords } from "../words/words";
import { matching, standOf, useCounts, useDossiers, type Dossier } from "./list";
import { count, useSelection } from "./selection";
import { Tools } from "./tools";

const Assign = later(async () => (await import("./assign")).Assign);
const DossierDrawer = later(async () => (await import("./dossier")).DossierDrawer);

export function Dossiers() {
  const { t } = useWords();
  const partnerId = useHere();
  const admin = useWho().data?.here !== undefined && administers(useWho().data!.here!);
  const search = useSearch({ from: "/dossiers" });
  const navigate = useNavigate({ from: "/dossiers" });
  const change = (part: DossierSearch, replace = false) => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const { list, rows } = useDossiers(partnerId, search);
  const counts = useCounts(partnerId, admin);
  const ticked = useSelection(`${search.q}|${search.filter}`);
  const [assigning, setAssigning] = useState(false);
  const known = matching(search, counts.data, { rows: rows.length, more: list.hasNextPage });
  return (
    <>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1}>{t("menu.dossiers")}</Title>
          <Text c="dimmed">{t("dossiers.lead")}</Text>
        </div>
        {admin && <Button component="a" href="/partner/dossiers/new" variant="default">{t("dossier.new")}</Button>}
      </Group>
      <Tools search={search} change={change} counts={counts.data} />
      {list.isError && <Failure error={list.error} again={() => void list.refetch()} />}
      {admin && rows.length > 0 && (
        <Checkbox
          mb="sm" label={t("dossiers.select.all")} checked={ticked.selection.all && ticked.selection.ids.size === 0}
          indeterminate={!ticked.empty && !(ticked.selection.all && ticked.selection.ids.size === 0)}
          onChange={(event) => (event.currentTarget.checked ? ticked.everything() : ticked.clear())}
        />
      )}
      <Rows
        label={t("menu.dossiers")} rows={rows} id={(one) => one.id} height={82} total={known} loading={list.isPending}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, read: () => void list.fetchNextPage() }}
        row={(one) => (
          <Row dossier={one} chosen={ticked.has(one.id)} tick={admin ? () => ticked.toggle(one.id) : undefined} open={() => change({ open: one.id })} />
        )}
      />
      {list.isSuccess && rows.length === 0 && <Nothing filtered={search.q !== undefined || search.filter !== undefined} />}
      {!ticked.empty && <Bulk n={count(ticked.selection, known)} assign={() => setAssigning(true)} clear={ticked.clear} />}
      {assigning && <Assign search={search} selection={ticked.selection} rows={rows} close={() => { setAssigning(false); ticked.clear(); }} keep={() => setAssigning(false)} />}
      {search.open && <DossierDrawer id={search.open} close={() => change({ open: undefined })} />}
    </>
  );
}

type RowProps = { dossier: Dossier; chosen: boolean; tick?: () => void; open: () => void };

function Row({ dossier, chosen, tick, open }: RowProps) {
  const { t, day } = useWords();
  const state = short("DOSSIER_STATE_", dossier.state);
  return (
    <div className={chosen ? "row chosen" : "row"}>
      {tick && <input type="checkbox" className="tick" checked={chosen} onChange={tick} aria-label={t("dossiers.tick", { client: dossier.clientName })} />}
      <div className="what">
        <button type="button" onClick={open}>{dossier.clientName}</button>
        <small>{dossier.clientRegistrationNumber}{state === "PENDING" && ` · ${t("dossiers.asked")}`}{state === "ENDED" && ` · ${t("dossiers.ended")}`}</small>
      </div>
      <div className="people">
        {dossier.assignments.slice(0, 3).map((one) => (
          <span key={one.id}>
            {one.collaboratorName} <State family="assignment" name={standOf(one)} />
            {one.expireTime && <small>{t("assignment.until", { at: day(one.expireTime) })}</small>}
          </span>
        ))}
        {dossier.assignments.length > 3 && <small>+ {dossier.assignments.length - 3}</small>}
      </div>
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useWords();
  return (
    <Text mt="lg" c="dimmed">
      {t(filtered ? "dossiers.none.match" : "dossiers.empty")} {!filtered && <Anchor href="/partner/dossiers/new">{t("dossier.new")}</Anchor>}
    </Text>
  );
}

type BulkProps = { n: number | undefined; assign: () => void; clear: () => void };

function Bulk({ n, assign, clear }: BulkProps) {
  const words = useWords();
  return (
    <div className="bulk" role="region" aria-label={words.t("assign.title")}>
      <Text fw={600} aria-live="polite">{n === undefined ? words.t("dossiers.chosen.matching") : words.n("assign.chosen", n)}</Text>
      <Button onClick={assign}>{words.t("assign.title")}</Button>
      <Button variant="subtle" onClick={clear}>{words.t("dossiers.select.none")}</Button>
    </div>
  );
}
