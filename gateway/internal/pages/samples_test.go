package pages

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// rendered is a page as a browser gets it.
type rendered struct {
	html   string
	header http.Header
	status int
	// client says that people of a client company read it.
	client bool
}

// samples renders every page with sample messages.
func samples(t *testing.T, lang string) map[string]rendered {
	t.Helper()
	s, out := setup(t), map[string]rendered{}
	for name, show := range clientSamples(lang) {
		c, w := clientAdmin(s, lang, "/assistance")
		require.NoError(t, show(c), name)
		out[name] = rendered{html: w.Body.String(), header: w.Header(), status: w.Code, client: true}
	}
	for name, show := range linkSamples(lang) {
		c, w := anonymous(s, lang, "/c/x")
		require.NoError(t, show(c), name)
		out[name] = rendered{html: w.Body.String(), header: w.Header(), status: w.Code, client: true}
	}
	for name, show := range partnerSamples() {
		c, w := partnerAdmin(s, lang, "/partner/dossiers")
		require.NoError(t, show(c), name)
		out[name] = rendered{html: w.Body.String(), header: w.Header(), status: w.Code}
	}
	return out
}

func linkSamples(lang string) map[string]handler {
	requested := consentv1.ConsentState_CONSENT_STATE_REQUESTED
	out := map[string]handler{
		"consent": func(c *call) error { return c.showAsked(sampleAsked(lang, requested), form{}) },
		"consent refused": func(c *call) error {
			f := form{values: url.Values{"answer": {"yes"}}}
			c.yes(sampleAsked(lang, requested), &f)
			return c.showAsked(sampleAsked(lang, requested), f)
		},
		"consent branded": func(c *call) error {
			a := sampleAsked(lang, requested)
			a.look = &look{Name: "Lumière & Cie", Style: "/brand/org_1/2/brand.css", Logo: "/brand/org_1/2/logo.png"}
			return c.showAsked(a, form{})
		},
		"stop link": func(c *call) error { return c.showStoppable(sampleAccesses(lang), form{}) },
		"stop link refused": func(c *call) error {
			return c.showStoppable(sampleAccesses(lang), form{Problems: []problem{{Field: "access", Text: c.text("stop_link.none_ticked")}}})
		},
		"stop link empty": func(c *call) error {
			return c.showStoppable(&consentv1.LookupAccessesResponse{ClientName: "Boulangerie Martin"}, form{})
		},
		"group": func(c *call) error { return c.showGroup(sampleBundle(lang), form{}) },
		"group refused": func(c *call) error {
			f := form{values: url.Values{"answer": {"yes"}}}
			_, err := c.sendGroup(sampleBundle(lang), &f, "form-1")
			if err != nil {
				return err
			}
			return c.showGroup(sampleBundle(lang), f)
		},
		"code": func(c *call) error {
			return c.showCode(form{values: url.Values{"answer": {"yes"}, "duration": {"DURATION_CHOICE_1_WEEK"}, "nonce": {"x"}, "code": {"1"}}})
		},
		"sign_in":     signInPage,
		"number":      numberPage,
		"number_code": numberCodePage,
		"second step": func(c *call) error {
			c.session.FactorsDue = []identityv1.FactorKind{
				identityv1.FactorKind_FACTOR_KIND_PASSKEY, identityv1.FactorKind_FACTOR_KIND_TOTP, identityv1.FactorKind_FACTOR_KIND_RECOVERY_CODE,
			}
			return c.showSecondStep(form{})
		},
		"confirm": func(c *call) error {
			return c.showConfirming(form{}, &identityv1.ListMyFactorsResponse{Factors: sampleFactors(), RecoveryCodesLeft: 9})
		},
		"passkey": func(c *call) error {
			return c.ask("passkey.add.title", asking{Way: "create", Action: "/", Back: "/", Naming: true},
				&identityv1.PasskeyChallenge{Id: "chl_1", OptionsJson: `{"challenge":"a"}`})
		},
		"factors": func(c *call) error {
			return c.showFactorList(form{}, &identityv1.ListMyFactorsResponse{Factors: sampleFactors(), RecoveryCodesLeft: 9})
		},
		"totp": func(c *call) error {
			picture, err := pictureOf("otpauth://totp/Aval:a@b.test?secret=ABC")
			if err != nil {
				return err
			}
			return c.showTotp(form{}, enrolling{ID: "fct_1", Secret: "ABC", Picture: picture})
		},
		"codes": func(c *call) error { return c.showCodes([]string{"0000-1111"}) },
		"guide": guidePage,
		"invitation decline": func(c *call) error {
			return c.show(page{name: "invitation_decline", title: "decline.title", bare: true, data: invited{Organization: "Boulangerie Martin"}})
		},
		"partner session": func(c *call) error { return c.showPartnerRefused() },
		"error": func(c *call) error {
			c.showError(fault.New(reasonv1.Reason_REASON_LINK_EXPIRED))
			return nil
		},
	}
	for _, way := range []string{wayRegister, waySignIn, wayAccept, wayOther, wayClosed} {
		out["invitation "+way] = func(c *call) error {
			return c.showInvitation(invited{
				Organization: "Boulangerie Martin", As: c.text("role.ROLE_MEMBER"), Email: "paul@martin.test", GivenName: "Paul",
				Way: way, Others: []string{"Garage Blanc"}, Decline: "/i/x/decline", Until: "demain", State: c.text("invite.INVITATION_STATE_EXPIRED"),
			}, form{})
		}
	}
	for number, name := range consentv1.ConsentState_name {
		if number > int32(requested) {
			out["answered "+name] = func(c *call) error {
				return c.showAsked(sampleAsked(lang, consentv1.ConsentState(number)), form{})
			}
		}
	}
	return out
}

func clientSamples(lang string) map[string]handler {
	labels := map[string]string{"management": "Gestion générale"}
	requested, given := sampleConsent(consentv1.ConsentState_CONSENT_STATE_REQUESTED), sampleConsent(consentv1.ConsentState_CONSENT_STATE_GIVEN)
	row := func(c *call, in *consentv1.Consent) []access {
		return []access{{
			answered: c.answered(in, nil), Reason: in.GetReason(),
			Asked: c.dateTime(noon()), Until: c.dateTime(noon().Add(day)),
		}}
	}
	return map[string]handler{
		"account":          accountPage,
		"account password": passwordPage,
		"account email":    emailPage,
		"account export":   exportPage,
		"account erase":    erasePage,
		"account sessions": func(c *call) error {
			return c.show(page{name: "sessions", title: "account.sessions.title", data: []ownSession{
				{ID: "ses_1", Device: "Firefox, Windows", Network: "192.0.2.0/24", Since: noon(), Used: noon(), Current: true},
				{ID: "ses_2", Device: "Safari, iOS", Network: "198.51.100.0/24", Since: noon(), Used: noon()},
			}})
		},
		"assistance": func(c *call) error {
			return c.show(page{name: "assistance", title: "menu.assistance", crumbs: []string{"menu.company"}, data: accesses{
				Visitors: visitors{More: true, Rows: []visitorRow{
					{ID: "sup_1", Who: "Nora Petit", Partner: "Cabinet Lumière", Product: "Facturo", Reason: "Ticket 4711", Start: noon(), End: noon()},
				}},
				Pending: row(c, requested), Present: row(c, given), Next: "next",
				Past: row(c, sampleConsent(consentv1.ConsentState_CONSENT_STATE_WITHDRAWN)),
			}})
		},
		"assistance empty": func(c *call) error {
			return c.show(page{name: "assistance", title: "menu.assistance", data: accesses{}})
		},
		"assistance unknown": func(c *call) error {
			return c.show(page{name: "assistance", title: "menu.assistance", data: accesses{Visitors: visitors{Unknown: true}}})
		},
		"assistance answer": func(c *call) error {
			a := sampleAsked(lang, consentv1.ConsentState_CONSENT_STATE_REQUESTED)
			a.link = false
			return c.showAsked(a, form{})
		},
		"detail": func(c *call) error {
			return c.show(page{name: "answered", title: "answered.GIVEN.title", data: c.answered(given, labels)})
		},
		"links": func(c *call) error {
			return c.show(page{name: "links", title: "links.title", data: linkList{Rows: []linkRow{
				{ID: "dos_1", Name: "Cabinet Lumière", Since: c.date(noon())}, {ID: "dos_2", Name: "Cabinet Blanc", Since: c.date(noon()), Over: true},
			}, Blocked: []blockRow{{ID: "org_1", Name: "Cabinet Vert", By: "Claire Martin", Since: c.date(noon())}}}})
		},
		"receipt": func(c *call) error {
			return c.showReceipt(&consentv1.Receipt{Jws: "eyJhbGciOiJFZERTQSJ9.e30.c2ln", RecordJson: sampleRecord}, []string{"menu.company", "menu.assistance"})
		},
		"offer": func(c *call) error {
			return c.show(page{name: "offer", title: "offer.title", data: offering{
				Partner: "Cabinet Lumière", Name: "nora", Searched: true, Helpers: []helper{{"col_1", "Nora Petit", "Support technique"}},
			}})
		},
		"link_end": func(c *call) error {
			return c.show(page{name: "link_end", title: "links.end", data: linkRow{ID: "dos_1", Name: "Cabinet Lumière"}})
		},
		"policy": func(c *call) error {
			return c.showPolicy(form{values: url.Values{"inactivity_days": {"190"}, "reconfirm_days": {"0"}}})
		},
		"paused": func(c *call) error {
			in := sampleConsent(consentv1.ConsentState_CONSENT_STATE_GIVEN)
			in.PauseTime = timestamppb.New(noon())
			return c.show(page{name: "answered", title: "answered.GIVEN.title", data: c.answered(in, labels)})
		},
		"stop_all": func(c *call) error {
			return c.show(page{name: "stop_all", title: "stop_all.title", data: []access{{answered: c.answered(given, nil)}}})
		},
		"narrow": func(c *call) error { return c.showNarrowing(given, labels, form{}) },
		"narrow refused": func(c *call) error {
			f := form{values: url.Values{"end_date": {"2020-01-01"}}}
			c.less(given, &f)
			return c.showNarrowing(given, labels, f)
		},
		"stop": func(c *call) error {
			return c.show(page{name: "stop", title: "stop.title", data: c.answered(given, nil)})
		},
		"organizations": func(c *call) error {
			return c.show(page{name: "organizations", title: "picker.title", data: picker{
				Companies: c.places(), Firms: c.places(), Helped: helped{Search: "garage", Next: "?page=x", Rows: []helpedRow{
					{Client: "Garage Noir", Number: "732 829 320", Firm: "Cabinet Lumen", FirmID: "org_2", Enter: "/partner/dossiers/dos_1/enter"},
				}}, Invitations: []offer{{ID: "inv_1", Organization: "Garage Blanc", As: "Membre"}},
			}})
		},
		"members": func(c *call) error {
			return c.show(page{name: "members", title: "menu.members", crumbs: []string{"menu.settings"}, data: roster{
				MayInvite:   true,
				Members:     []memberRow{{GivenName: "Claire", FamilyName: "Martin", Email: "claire@martin.test", Standing: "Propriétaire", Rights: []string{"Contacts : Éditeur"}}},
				Invitations: []invitationRow{{ID: "inv_1", Name: "Paul Martin", Email: "paul@martin.test", Standing: "Membre", Until: c.dateTime(noon()), Mail: c.text("mail.DELIVERY_STATE_SENT")}},
			}})
		},
		"diagnose": func(c *call) error {
			return c.showDiagnosis(form{values: url.Values{"email": {"paul@martin.test"}}}, &membershipv1.DiagnoseInvitationResponse{
				Sentence: "Personne n'a ouvert le lien.", NextStep: "Regardez dans les indésirables.", Context: "Diagnostic Aval",
				Facts:      []*membershipv1.InvitationFact{{Time: timestamppb.New(noon()), Text: "Invitation créée."}, {Text: "Garage Blanc"}},
				MeantEmail: "paula@martin.test",
			})
		},
		"import": func(c *call) error {
			return c.showImport(form{}, c.importedOf(imported{Done: true}, sampleResults()))
		},
		"import preview": func(c *call) error {
			return c.showImport(form{}, c.importedOf(imported{List: "e-mail\nclaire@martin.test\npaul@martin.test"}, sampleResults()))
		},
		"member_new": func(c *call) error {
			return c.show(page{name: "member_new", title: "member.add", data: newMember{
				Roles: []string{membershipv1.Role_ROLE_MEMBER.String()}, Days: []string{"7"}, Levels: []string{"LEVEL_NONE", "LEVEL_GUEST", "LEVEL_EDITOR", "LEVEL_APPROVER"},
				Features: []featureRow{{Path: "management", Label: "Gestion générale"}, {Path: "management/quotes", Label: "Devis", Child: true}},
			}})
		},
		"history": func(c *call) error {
			return c.show(page{name: "history", title: "menu.history", crumbs: []string{"menu.more"}, data: story{
				People: []person{{ID: "usr_1", Name: "Nora Petit"}},
				Days: c.days([]*consentv1.HistoryEntry{{
					Time: given.GetCreateTime(), Sentence: "Nora Petit a ouvert la facture F-12.", ActingForName: "Cabinet Lumière",
				}}),
			}})
		},
	}
}

func sampleResults() []*membershipv1.InvitationRowResult {
	return []*membershipv1.InvitationRowResult{
		{Key: "2", Outcome: membershipv1.InvitationOutcome_INVITATION_OUTCOME_CREATED, Invitation: &membershipv1.Invitation{
			Warnings: []*membershipv1.InvitationWarning{{Message: "clara@martin.test ne diffère que d'un caractère."}},
		}},
		{Key: "3", Outcome: membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED, Message: "Cette ligne n'a pas le même nombre de colonnes."},
	}
}

func partnerSamples() map[string]handler {
	ready := partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY
	return map[string]handler{
		"brand": func(c *call) error {
			return c.showBrand(form{values: url.Values{"name": {"Lumière & Cie"}, "color": {"#0d5c52"}}}, []byte("PNG"))
		},
		"collaborators": func(c *call) error {
			return c.show(page{name: "collaborators", title: "menu.collaborators", crumbs: partnerCrumbs(), data: staff{
				Manages: true, Kinds: c.tagKinds(), Rows: []staffRow{
					c.staffRow(sampleCollaborator(ready)),
					c.staffRow(sampleCollaborator(partnersupportv1.CollaboratorState_COLLABORATOR_STATE_INVITED)),
				},
			}})
		},
		"collaborator": func(c *call) error {
			one := sampleCollaborator(ready)
			one.Tag = &partnersupportv1.CollaboratorTag{Kind: partnersupportv1.TagKind_TAG_KIND_EMPLOYEE, UntilTime: timestamppb.New(noon())}
			return c.show(page{name: "collaborator", titleText: "Nora Petit", crumbs: partnerCrumbs("menu.collaborators"), form: c.tagForm(one), data: staffSheet{
				staffRow: c.staffRow(one), Kinds: c.tagKinds(), Manages: true,
				Clients: []clientRow{{Name: "Boulangerie Martin", Assignment: "asg_1", Dossier: "dos_1", State: "ACTIVE", StateText: c.text("assignment.ACTIVE")}},
				Tags:    []tagRow{{Name: c.text("tag.TAG_KIND_EMPLOYEE"), Since: c.dateTime(noon())}},
			}})
		},
		"collaborator suspended": func(c *call) error {
			one := sampleCollaborator(ready)
			one.SuspendTime = timestamppb.New(noon())
			return c.show(page{name: "collaborator", titleText: "Nora Petit", form: c.tagForm(one), data: staffSheet{
				staffRow: c.staffRow(one), Kinds: c.tagKinds(), Manages: true,
			}})
		},
		"dossier_end": func(c *call) error {
			return c.show(page{name: "dossier_end", title: "dossier.end", data: ending{Client: "Boulangerie Martin"}})
		},
		"dossier_new": newDossierPage,
		"detach_many": func(c *call) error {
			return c.show(page{name: "detach_many", title: "detach.many", data: detaching{
				Dossiers: []dossierRow{c.dossierRow(sampleDossier("Boulangerie Martin"))},
			}})
		},
		"credits": func(c *call) error {
			return c.show(page{name: "credits", title: "menu.credits", crumbs: partnerCrumbs(), data: creditList{
				Month: "2026-11", Stage: c.text("credit.PROVISIONAL"), Freeze: c.date(noon()), Rows: []creditRow{
					{Client: "Boulangerie Martin", Work: c.count("credit.visits", 3), Amount: "49.00 EUR", Credited: true},
					{Client: "Garage Blanc", Work: c.count("credit.visits", 1), Obstacles: []string{c.text("credit.UNTAGGED")}},
				},
			}})
		},
		"conflicts": func(c *call) error {
			return c.show(page{name: "conflicts", title: "menu.conflicts", crumbs: partnerCrumbs(), data: disputes{
				Conflicts: []disputeRow{{
					Assignment: "asg_1", Person: "Nora Petit", Client: "Boulangerie Martin", Certain: true,
					Message: fault.Text(reasonv1.Reason_REASON_PARTNER_CONFLICT, c.lang), Ways: []string{"1", "2", "3"},
				}},
				Requests: []releaseRow{{ID: "rel_1", Assignment: "asg_2", Dossier: "dos_2", Person: "Nora Petit", Client: "Garage Blanc", StateText: "?", Open: true}},
			}})
		},
		"collaborator_new": newCollaboratorPage,
		"handover": func(c *call) error {
			return c.show(page{name: "handover", title: "handover.title", data: relay{
				staffRow: c.staffRow(sampleCollaborator(ready)), Staff: []staffRow{c.staffRow(sampleCollaborator(ready))},
				Clients: []relayRow{{clientRow{Name: "Boulangerie Martin", Assignment: "asg_1", State: "ACTIVE", StateText: "Actif"}, true}},
			}})
		},
		"collaborator_remove": func(c *call) error {
			return c.show(page{name: "collaborator_remove", title: "collaborator.remove", data: departure{
				staffRow: c.staffRow(sampleCollaborator(ready)), Staff: []staffRow{c.staffRow(sampleCollaborator(ready))},
			}})
		},
		"dossiers": func(c *call) error {
			return c.show(page{name: "dossiers", title: "menu.dossiers", crumbs: partnerCrumbs(), data: shelf{
				Assigns: true, Enters: true,
				Rows: []dossierRow{c.dossierRow(sampleDossier("Boulangerie Martin")), c.dossierRow(sampleDossier("Garage Blanc"))},
			}})
		},
		"dossiers own": func(c *call) error {
			return c.show(page{name: "dossiers", title: "menu.dossiers", data: shelf{Enters: true}})
		},
		"assign": func(c *call) error {
			return c.show(page{name: "assign", title: "assign.title", crumbs: partnerCrumbs("menu.dossiers"), data: assigning{
				Dossiers: []dossierRow{c.dossierRow(sampleDossier("Boulangerie Martin"))}, Waiting: 1,
				Staff:     []staffRow{c.staffRow(sampleCollaborator(ready))},
				Durations: []choice{{Value: "DURATION_CHOICE_1_WEEK", Label: c.text("duration.DURATION_CHOICE_1_WEEK")}},
			}})
		},
		"detach": func(c *call) error {
			return c.show(page{name: "detach", title: "detach.title", data: leaving{
				Client: "Boulangerie Martin", Assignment: c.dossierRow(sampleDossier("Boulangerie Martin")).Assignments[0],
			}})
		},
		"enter": func(c *call) error {
			return c.show(page{name: "enter", title: "enter.title", data: entering{Dossier: c.dossierRow(sampleDossier("Boulangerie Martin"))}})
		},
		"enter pending": func(c *call) error {
			refusal, _ := fault.Details(fault.New(reasonv1.Reason_REASON_CONSENT_PENDING, fault.Meta("reminded", "false")))
			data := entering{Dossier: c.dossierRow(sampleDossier("Boulangerie Martin"))}
			data.Explained, data.Steps = c.explain(refusal)
			data.Waits = "/partner/dossiers/dos_1/number"
			return c.show(page{name: "enter", title: "enter.title", data: data})
		},
		"client_number": func(c *call) error {
			return c.show(page{name: "client_number", title: "client_number.title", data: c.spoken(&partnersupportv1.ClientNumber{
				Number: "12345678", ExpireTime: timestamppb.New(noon()), ConsentState: consentv1.ConsentState_CONSENT_STATE_REQUESTED,
			})})
		},
		"client_number answered": func(c *call) error {
			return c.show(page{name: "client_number", title: "client_number.title", data: c.spoken(&partnersupportv1.ClientNumber{
				ConsentState: consentv1.ConsentState_CONSENT_STATE_GIVEN,
			})})
		},
		"visits": func(c *call) error {
			return c.show(page{name: "visits", title: "menu.visits", crumbs: partnerCrumbs(), data: visits{
				Rows: []visitRow{{ID: "sup_1", Client: "Boulangerie Martin", Who: "Nora Petit", Reason: "4711", Start: noon(), End: noon()}},
			}})
		},
	}
}

func sampleFactors() []*identityv1.Factor {
	return []*identityv1.Factor{
		{Id: "fct_1", Kind: identityv1.FactorKind_FACTOR_KIND_TOTP, Name: "Téléphone", CreateTime: timestamppb.New(noon())},
		{Id: "fct_2", Kind: identityv1.FactorKind_FACTOR_KIND_PASSKEY, CreateTime: timestamppb.New(noon()), UseTime: timestamppb.New(noon())},
	}
}
