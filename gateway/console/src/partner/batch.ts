// One wish for many pairs of a person and a dossier: ask in parts, keep a
// result for each. A part has a key of its own, so that going on after a lost
// answer asks nobody twice.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, Refused, type Api, type Schemas } from "../api/client";
import { everyPage, useKey } from "../api/queries";
import type { DossierSearch } from "../router";
import { readDossiers, type Dossier } from "./list";
import { isTicked, type Selection } from "./selection";

// most is how many dossiers one call takes.
const most = 500;

export type Wish = { reason: string; proposedDuration: string; urgent: boolean };

// Pair is whom to assign where; name says so in the list of results.
export type Pair = { collaboratorId: string; dossierId: string; name: string };
export type Result = { name: string; refused: string; warning: string };

export function assignCall(partnerId: string, key: string, wish: Wish, pairs: Pair[]) {
  return (to: Api) =>
    to.POST("/v1/partners/{partnerId}/assignments:batchCreate", {
      params: { path: { partnerId }, header: { "Idempotency-Key": key } },
      body: { ...wish, collaboratorId: pairs[0]?.collaboratorId ?? "", dossierIds: pairs.map((one) => one.dossierId) },
    });
}

// targets are the rows that are ticked: those in sight, or all that match.
export async function targets(partnerId: string, given: { search: DossierSearch; selection: Selection; rows: Dossier[] }): Promise<Dossier[]> {
  const { search, selection, rows } = given;
  if (!selection.all) {
    return rows.filter((one) => isTicked(selection, one.id));
  }
  const out: Dossier[] = [];
  await everyPage(
    (token) => readDossiers(partnerId, search, token),
    (page) => out.push(...page.dossiers.filter((one) => isTicked(selection, one.id))),
  );
  return out;
}

// partAt are the next pairs that one call takes: those of one person.
function partAt(all: Pair[], start: number): Pair[] {
  const rest = all.slice(start, start + most);
  const end = rest.findIndex((one) => one.collaboratorId !== rest[0]!.collaboratorId);
  return end < 0 ? rest : rest.slice(0, end);
}

export type Progress = { all: Pair[]; results: Result[]; done: boolean };

export function useBatch(partnerId: string, wish: Wish, first: Pair | undefined) {
  const key = useKey({ wish, first });
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();

  async function run(all: Pair[], results: Result[] = []): Promise<void> {
    setError(null);
    setProgress({ all, results, done: all.length === 0 });
    try {
      while (results.length < all.length) {
        const part = partAt(all, results.length);
        const said: Schemas["BatchCreateAssignmentsResponse"] = await answer(assignCall(partnerId, `${key}.${results.length}`, wish, part)(api));
        results = [...results, ...said.results.map((one, i) => ({ name: part[i]!.name, refused: one.errorMessage, warning: one.warningMessage }))];
        setProgress({ all, results, done: results.length >= all.length });
      }
    } catch (caught) {
      if (results.length === 0 && caught instanceof Refused && (caught.problem?.errors ?? []).length > 0) {
        setProgress(null); // the form has the field to put right
        throw caught;
      }
      setError(caught);
    }
    await queries.invalidateQueries({ queryKey: ["dossiers"] });
  }
  return { key, progress, error, run };
}
