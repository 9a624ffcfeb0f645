// The words that people look for on a page: those of the requirements to the
// letter, the others as the pages' catalogue has them.
import { readFileSync } from "node:fs";

// Labels that the requirements fix, in French, by the catalogue's key.
export const fixed = {
  "menu.partner": "Espace partenaire", // R11 R133
  "menu.mine": "Mes entreprises", // R11 R133
  "menu.collaborators": "Collaborateurs", // R11
  "menu.dossiers": "Dossiers", // R20
  "menu.organizations": "Entreprises", // R133
  "menu.settings": "Paramètres", // R133
  "menu.members": "Gérer les membres", // R133
  "menu.more": "Plus", // R133
  "menu.history": "Historique", // R133
  "menu.assistance": "Accès d'assistance", // R129
  "collaborator.add": "Ajouter un collaborateur", // R11
  "field.partner_role": "Rôle", // R12
  "partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT": "Support technique", // R12
  "site.submit": "Valider", // R12 R20
  "invite.set": "Définir mon mot de passe", // R16
  "assign.title": "Affecter un support", // R20
  "consent.yes": "OUI, J'AUTORISE L'ACCÈS", // R25
};

// The title of the client's mail (R21) and the buttons of mails, which speak
// the receiver's language: French, here.
export const mails = {
  asked: "Demande d'accès à votre compte pour l'assistance",
  code: "Votre code pour répondre",
  password: fixed["invite.set"],
  yes: fixed["consent.yes"],
};

// wordsOf gives a function from a key to its words.
export function wordsOf(lang) {
  const path = new URL(`../../../gateway/internal/pages/texts_${lang}.json`, import.meta.url);
  const catalogue = { ...JSON.parse(readFileSync(path, "utf8")), ...(lang === "fr" ? fixed : {}) };
  return (key, values = {}) => {
    if (!(key in catalogue)) {
      throw new Error(`no words for ${key} in ${lang}`);
    }
    return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), catalogue[key]);
  };
}
