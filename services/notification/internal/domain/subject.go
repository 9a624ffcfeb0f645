package domain

import "slices"

// Owner is a context that has something to say by mail.
type Owner string

// The owners.
const (
	Identity   Owner = "identity"
	Membership Owner = "membership"
	Consent    Owner = "consent"
	// PartnerSupport tells of links, and warns partners.
	PartnerSupport Owner = "partnersupport"
)

// Owners lists every owner.
func Owners() []Owner { return []Owner{Membership, Consent, Identity, PartnerSupport} }

// subjects is the one table of facts that call for mails.
func subjects() map[Owner][]string {
	return map[Owner][]string{
		Identity: {
			"aval.identity.v1.password_reset.requested",
			"aval.identity.v1.user.password_changed",
			"aval.identity.v1.email_change.started",
			"aval.identity.v1.user.email_changed",
			"aval.identity.v1.user.factor_added",
			"aval.identity.v1.user.factor_removed",
			"aval.identity.v1.user.recovery_code_used",
			"aval.identity.v1.user.factors_reset",
		},
		Membership: {
			"aval.membership.v1.invitation.created",
			"aval.membership.v1.invitation.renewed",
		},
		PartnerSupport: {
			"aval.partnersupport.v1.dossier.requested",
			"aval.partnersupport.v1.dossier.accepted",
			"aval.partnersupport.v1.dossier.declined",
			"aval.partnersupport.v1.dossier.ended",
			"aval.partnersupport.v1.release.requested",
			"aval.partnersupport.v1.collaborator.entered_untagged",
		},
		Consent: {
			"aval.consent.v1.consent.requested",
			"aval.consent.v1.consent.reminded",
			"aval.consent.v1.request_mail.departed",
			"aval.consent.v1.visit.noted",
			"aval.consent.v1.visit.summed",
			"aval.consent.v1.sensitive_feature.used",
			"aval.consent.v1.consent.partner_tried",
			"aval.consent.v1.consent.unreachable",
			"aval.consent.v1.consent.paused",
			"aval.consent.v1.consent.confirmation_asked",
			"aval.consent.v1.consent.recalled",
			"aval.consent.v1.consent.given",
			"aval.consent.v1.consent.narrowed",
			"aval.consent.v1.consent.ending",
			"aval.consent.v1.consent.anniversary",
			"aval.consent.v1.consent.refused",
			"aval.consent.v1.consent.ended",
			"aval.consent.v1.consent_code.sent",
			"aval.consent.v1.partner_block.started",
			"aval.consent.v1.ledger_checkpoint.sent",
		},
	}
}

// Subjects lists the owner's facts that call for mails.
func (o Owner) Subjects() []string { return subjects()[o] }

// OwnerOf tells whom to ask what a fact's mails say.
func OwnerOf(subject string) (Owner, bool) {
	for _, o := range Owners() {
		if slices.Contains(o.Subjects(), subject) {
			return o, true
		}
	}
	return "", false
}
