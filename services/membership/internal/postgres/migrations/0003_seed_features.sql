-- +goose Up

INSERT INTO feature (path, label_fr, label_en)
VALUES
  ('management', 'Gestion générale', 'General management'),
  ('management/company', 'Entreprise', 'Company'),
  ('management/contacts', 'Contacts', 'Contacts'),
  ('management/invoices', 'Factures', 'Invoices'),
  ('management/quotes', 'Devis', 'Quotes'),
  ('accounting', 'Comptabilité', 'Accounting'),
  ('accounting/entries', 'Écritures comptables', 'Accounting entries'),
  ('emailings', 'Emailings', 'Emailings'),
  ('sms', 'SMS', 'SMS'),
  ('forms', 'Formulaires et enquêtes', 'Forms and surveys');

INSERT INTO feature (path, label_fr, label_en, sensitive)
VALUES
  ('accounting/bank', 'Coordonnées bancaires et comptes bancaires', 'Bank details and bank accounts', true);

-- Members, billing, plan and spending: no grant ever reaches them.
INSERT INTO feature (path, label_fr, label_en, excluded_from_grants)
VALUES
  ('account', 'Compte', 'Account', true),
  ('account/invoices', 'Factures du compte', 'Account invoices', true),
  ('account/users', 'Utilisateurs', 'Users', true),
  ('spending', 'Achat de crédits et de services', 'Buying credits and services', true);

INSERT INTO feature (path, label_fr, label_en, excluded_from_grants, system)
VALUES
  ('aval', 'Administration d''Aval', 'Administration of Aval', true, true),
  ('aval/organization', 'Voir l''organisation', 'See the organisation', true, true),
  ('aval/members', 'Gérer les membres', 'Manage members', true, true),
  ('aval/invitations', 'Inviter des membres', 'Invite members', true, true),
  ('aval/rights', 'Définir les droits', 'Set rights', true, true),
  ('aval/billing', 'Facturation et abonnement', 'Billing and plan', true, true),
  ('aval/consent.approve', 'Autoriser un accès d''assistance', 'Allow an assistance access', true, true),
  ('aval/assistance', 'Accès d''assistance', 'Assistance access', true, true),
  ('aval/history', 'Historique', 'History', true, true),
  ('aval/integrations', 'Intégrations', 'Integrations', true, true),
  ('aval/partner', 'Espace partenaire', 'Partner space', true, true),
  ('aval/partner/collaborators', 'Collaborateurs', 'Collaborators', true, true),
  ('aval/partner/dossiers', 'Dossiers', 'Dossiers', true, true),
  ('aval/partner/assignments', 'Affectations', 'Assignments', true, true);

-- R31: total access is general management and accounting. The accountant's
-- role does the books and consults the rest (R7).
INSERT INTO partner_role_preset (partner_role, rights)
VALUES
  ('TECHNICAL_SUPPORT', '{"management": 4, "accounting": 4}'),
  ('ACCOUNTANT', '{"management": 2, "accounting": 4}');
