// One wish for many dossiers: read which they are, ask in parts, keep a result
// for each row. A part has a key of its own, so that going on after a lost
// answer asks nobody twice.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, answer, type Api, type Schemas } from "../api/client";
import { everyPage, newKey } from "../api/queries";
import type { DossierSearch } from "../router";
import { readDossiers, type Dossier } from "./list";
import { isTicked, type Selection } from "./selection";

// most is how many rows one call takes.
const most = 500;

export type Wish = { collaboratorId: string; reason: string; proposedDuration: string };
export type Result = { id: string; name: string; refused: string; warning: string };
type Target = Pick<Dossier, "id" | "clientName">;

export function assignCall(partnerId: string, key: string, wish: Wish, dossierIds: string[]) {
  return (to: Api) =>
    to.POST("/v1/partners/{partnerId}/assignments:batchCreate", {
      params: { path: { partnerId }, header: { "Idempotency-Key": key } },
      body: { ...wish, dossierIds },
    });
}

// targets are the rows that are ticked: those in sight, or all that match.
export async function targets(partnerId: string, given: { search: DossierSearch; selection: Selection; rows: Dossier[] }): Promise<Target[]> {
  const { search, selection, rows } = given;
  if (!selection.all) {
    return rows.filter((one) => isTicked(selection, one.id));
  }
  const out: Target[] = [];
  await everyPage(
    (token) => readDossiers(partnerId, search, token),
    (page) => out.push(...page.dossiers.filter((one) => isTicked(selection, one.id))),
  );
  return out;
}

export type Progress = { all: Target[]; results: Result[]; done: boolean };

export function useBatch(partnerId: string) {
  const [key] = useState(newKey);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();

  async function run(all: Target[], wish: Wish, results: Result[]): Promise<void> {
    setError(null);
    setProgress({ all, results, done: false });
    try {
      while (results.length < all.length) {
        const part = all.slice(results.length, results.length + most);
        const call = assignCall(partnerId, `${key}.${results.length}`, wish, part.map((one) => one.id));
        const said: Schemas["BatchCreateAssignmentsResponse"] = await answer(call(api));
        results = [...results, ...said.results.map((one, i) => ({
          id: one.dossierId, name: part[i]?.clientName ?? one.dossierId, refused: one.errorMessage, warning: one.warningMessage,
        }))];
        setProgress({ all, results, done: results.length >= all.length });
      }
    } catch (caught) {
      setError(caught);
    }
    await queries.invalidateQueries({ queryKey: ["dossiers"] });
  }
  return { key, progress, error, run };
}
