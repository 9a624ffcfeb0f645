// The graph partner → collaborators → dossiers, and the same as a table.
import { Text } from "@mantine/core";
import { useState } from "react";
import { short, State } from "../parts/state";
import { useWords } from "../words/words";
import { stateOf, type Assignment, type Dossier } from "./list";

// drawn bounds how many dossiers stand in one picture.
const drawn = 60;
const width = 900;
const step = 26;
const columns = { partner: 120, person: 430, dossier: 640 };

type Person = { id: string; name: string; held: { dossier: Dossier; assignment: Assignment }[] };

export function Graph({ partner, rows }: { partner: string; rows: Dossier[] }) {
  const { t } = useWords();
  const dossiers = rows.slice(0, drawn);
  const people = peopleOf(dossiers);
  return (
    <>
      {rows.length > drawn && <Text size="sm" c="dimmed">{t("graph.bound", { n: drawn })}</Text>}
      <div className="graph" tabIndex={0} role="group" aria-label={t("graph.label", { partner })}>
        <Picture partner={partner} people={people} dossiers={ordered(dossiers, people)} />
      </div>
      <Table people={people} alone={dossiers.filter((one) => one.assignments.length === 0)} />
    </>
  );
}

function peopleOf(dossiers: Dossier[]): Person[] {
  const people = new Map<string, Person>();
  for (const dossier of dossiers) {
    for (const assignment of dossier.assignments) {
      const person = people.get(assignment.collaboratorId) ?? { id: assignment.collaboratorId, name: assignment.collaboratorName, held: [] };
      person.held.push({ dossier, assignment });
      people.set(person.id, person);
    }
  }
  return [...people.values()].sort((x, y) => x.name.localeCompare(y.name));
}

// ordered puts every dossier near the first person who holds it, so that few
// lines cross; those without anybody come last.
function ordered(dossiers: Dossier[], people: Person[]): Dossier[] {
  const place = new Map(people.map((one, i) => [one.id, i]));
  const first = (one: Dossier) => Math.min(people.length, ...one.assignments.map((each) => place.get(each.collaboratorId) ?? people.length));
  return [...dossiers].sort((x, y) => first(x) - first(y));
}

type PictureProps = { partner: string; people: Person[]; dossiers: Dossier[] };

function Picture({ partner, people, dossiers }: PictureProps) {
  const { t } = useWords();
  const [lit, setLit] = useState<string>();
  const height = Math.max(dossiers.length, people.length, 1) * step + 10;
  const spread = (i: number, count: number) => ((i + 0.5) * height) / count;
  const y = new Map([...people.map((one, i) => [one.id, spread(i, people.length)] as const), ...dossiers.map((one, i) => [one.id, spread(i, dossiers.length)] as const)]);
  const dim = (...ids: string[]) => (lit === undefined || ids.includes(lit) ? "" : " dim");
  const node = (id: string, x: number, name: string) => (
    <g key={id} className={`node${dim(id)}`} onPointerEnter={() => setLit(id)} onPointerLeave={() => setLit(undefined)}>
      <circle cx={x} cy={y.get(id)} r={4} /><text x={x + 9} y={(y.get(id) ?? 0) + 4}>{name}</text>
    </g>
  );
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("graph.label", { partner })}>
      {people.map((one) => <path key={one.id} className={`edge${dim(one.id)}`} d={curve([columns.partner, height / 2], [columns.person - 150, y.get(one.id)!])} />)}
      {people.flatMap((one) => one.held.map(({ dossier, assignment }) => (
        <path key={assignment.id} className={`edge ${stateOf(assignment)}${dim(one.id, dossier.id)}`} d={curve([columns.person, y.get(one.id)!], [columns.dossier, y.get(dossier.id)!])} />
      )))}
      <text className="root" x={columns.partner - 8} y={height / 2 + 4} textAnchor="end">{cut(partner, 18)}</text>
      {people.map((one) => node(one.id, columns.person - 150, cut(one.name, 22)))}
      {dossiers.map((one) => node(one.id, columns.dossier, cut(one.clientName, 34)))}
    </svg>
  );
}

type Point = [x: number, y: number];

const curve = ([x, y]: Point, [toX, toY]: Point): string => `M ${x} ${y} C ${(x + toX) / 2} ${y} ${(x + toX) / 2} ${toY} ${toX} ${toY}`;

const cut = (text: string, most: number): string => (text.length > most ? text.slice(0, most - 1) + "…" : text);

function Table({ people, alone }: { people: Person[]; alone: Dossier[] }) {
  const { t } = useWords();
  return (
    <details className="told">
      <summary>{t("graph.table")}</summary>
      <div className="grid" tabIndex={0} role="group" aria-label={t("graph.table")}>
        <table>
          <thead><tr><th scope="col">{t("graph.who")}</th><th scope="col">{t("menu.dossiers")}</th></tr></thead>
          <tbody>
            {people.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.name}</th>
                <td>{one.held.map(({ dossier, assignment }) => <div key={assignment.id}>{dossier.clientName} <State family="assignment" name={short("ASSIGNMENT_STATE_", assignment.state)} /></div>)}</td>
              </tr>
            ))}
            {alone.length > 0 && <tr><th scope="row">{t("graph.nobody")}</th><td>{alone.map((one) => <div key={one.id}>{one.clientName}</div>)}</td></tr>}
          </tbody>
        </table>
      </div>
    </details>
  );
}
