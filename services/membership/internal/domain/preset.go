package domain

import "maps"

// Preset is a bundle of rights to begin with: nothing but a proposal, which an
// administrator changes as they like.
type Preset struct {
	Key     string
	LabelFR string
	LabelEN string
	Rights  Rights
}

// Presets lists all, by key. None holds spending, sensitive features or Aval's
// own: these are chosen one by one.
func Presets() []Preset {
	return []Preset{
		{
			Key: "accountant", LabelFR: "Comptable", LabelEN: "Accountant",
			Rights: Rights{
				"accounting": LevelApprover, "accounting/bank": LevelNone,
				"management": LevelGuest, "account/invoices": LevelGuest,
			},
		},
		{
			Key: "emailing_trainee", LabelFR: "Stagiaire emailing", LabelEN: "Emailing trainee", // R122
			Rights: Rights{"emailings": LevelEditor, "management/contacts": LevelGuest},
		},
		{
			Key: "manager_without_invoices", LabelFR: "Gestion, sans les factures", LabelEN: "Management, without invoices", // R121
			Rights: Rights{
				"management": LevelApprover, "management/invoices": LevelNone,
				"account": LevelGuest, "account/invoices": LevelNone,
			},
		},
		{
			Key: "marketing", LabelFR: "Marketing", LabelEN: "Marketing",
			Rights: Rights{
				"emailings": LevelApprover, "sms": LevelApprover, "forms": LevelApprover, "management/contacts": LevelEditor,
			},
		},
		{
			Key: "reader", LabelFR: "Consultation", LabelEN: "Reading only",
			Rights: Rights{
				"management": LevelGuest, "accounting": LevelGuest, "accounting/bank": LevelNone,
				"emailings": LevelGuest, "sms": LevelGuest, "forms": LevelGuest,
			},
		},
	}
}

// PresetOf gives the key of the preset whose rights these are, exactly; empty
// when it is none.
func PresetOf(o Offer) string {
	for _, p := range Presets() {
		if o.Role == Member && maps.Equal(p.Rights, o.Rights) {
			return p.Key
		}
	}
	return ""
}
