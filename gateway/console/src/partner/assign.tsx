// Affecter un support: one person for every dossier that is ticked.
import { useState } from "react";
import type { DossierSearch } from "../router";
import { useHere } from "../shell/who";
import { useWords } from "../words/words";
import { Asking } from "./asking";
import { targets } from "./batch";
import type { Dossier } from "./list";
import { PersonSelect } from "./person";
import { isTicked, type Selection } from "./selection";

type Props = { search: DossierSearch; selection: Selection; rows: Dossier[]; close: () => void; keep: () => void };

export function Assign(props: Props) {
  const { t } = useWords();
  const partnerId = useHere();
  const [collaboratorId, setCollaborator] = useState("");
  const pair = (one: Dossier) => ({ collaboratorId, dossierId: one.id, name: one.clientName });
  return (
    <Asking
      shown={props.rows.filter((one) => isTicked(props.selection, one.id)).map(pair)} all={async () => (await targets(partnerId, props)).map(pair)}
      close={props.close} keep={props.keep} ready={collaboratorId !== ""}
    >
      <PersonSelect label={t("field.support")} value={collaboratorId} choose={setCollaborator} />
    </Asking>
  );
}
