package pages

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/session"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/telemetry"
)

const (
	clientID  = "org_01jd0000000000000000000001"
	partnerID = "org_01jd0000000000000000000002"
)

// noon is 21 November 2026, 13:00 in Paris.
func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func setup(t *testing.T) *site {
	t.Helper()
	now := clock.Fixed(noon())
	nonces, err := session.NewNonces(make([]byte, 32), now)
	require.NoError(t, err)
	s, err := newSite(Options{
		Clients: &clients.Clients{}, Sessions: session.NewManager(nil, now), Nonces: nonces, Clock: now, Log: telemetry.Discard().Log,
	})
	require.NoError(t, err)
	return s
}

// anonymous is a call of nobody, as at a link.
func anonymous(s *site, lang, path string) (*call, *httptest.ResponseRecorder) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	return &call{site: s, w: w, r: r, lang: lang}, w
}

// clientAdmin is a call of a client's administrator.
func clientAdmin(s *site, lang, path string) (*call, *httptest.ResponseRecorder) {
	c, w := anonymous(s, lang, path)
	c.enterAs(&membershipv1.Context{
		Organization: &membershipv1.Organization{
			Id: clientID, Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
			Identification: &membershipv1.Identification{LegalName: "Boulangerie Martin"},
		},
		Role: membershipv1.Role_ROLE_OWNER,
	})
	return c, w
}

// partnerAdmin is a call of a partner's administrator who also helps clients.
func partnerAdmin(s *site, lang, path string) (*call, *httptest.ResponseRecorder) {
	c, w := anonymous(s, lang, path)
	c.enterAs(&membershipv1.Context{
		Organization: &membershipv1.Organization{
			Id: partnerID, Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
			Identification: &membershipv1.Identification{LegalName: "Cabinet Lumière"},
		},
		Role: membershipv1.Role_ROLE_ADMIN, PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	})
	return c, w
}

func (c *call) enterAs(context *membershipv1.Context) {
	c.signedIn, c.current, c.contexts = true, context, []*membershipv1.Context{context}
	c.session = session.Session{
		UserID: "usr_01jd0000000000000000000009", OrganizationID: context.GetOrganization().GetId(), Email: "claire@martin.test",
	}
}

func sampleConsent(state consentv1.ConsentState) *consentv1.Consent {
	return &consentv1.Consent{
		Id: "cns_01jd0000000000000000000003", ClientId: clientID, PartnerId: partnerID, State: state,
		Partner: &membershipv1.Identification{
			LegalName: "Cabinet Lumière", RegistrationNumber: "SIREN 552 100 554",
			PostalAddress: "12 rue des Lilas\n69003 Lyon", ContactEmail: "contact@lumiere.test", ContactPhone: "+33 4 72 00 00 00",
		},
		CollaboratorName: "Nora Petit", Reason: "Ticket 4711 : la TVA de mars ne se calcule plus",
		ProposedDuration: durationpb.New(7 * day), CreateTime: timestamppb.New(noon()),
		RequestExpireTime: timestamppb.New(noon().Add(14 * day)), GiveTime: timestamppb.New(noon()),
		ExpireTime: timestamppb.New(noon().Add(7 * day)), ApproverName: "Claire Martin",
		GrantedRights: []*membershipv1.FeatureRight{{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}},
		Timeline: []*consentv1.Transition{
			{To: consentv1.ConsentState_CONSENT_STATE_REQUESTED, Party: consentv1.Party_PARTY_PARTNER, Time: timestamppb.New(noon())},
			{
				From: consentv1.ConsentState_CONSENT_STATE_REQUESTED, To: consentv1.ConsentState_CONSENT_STATE_GIVEN,
				Party: consentv1.Party_PARTY_CLIENT, ActorName: "Claire Martin", Time: timestamppb.New(noon()),
			},
		},
	}
}

func sampleText(lang string) *consentv1.ConsentText {
	text := &consentv1.ConsentText{
		Locale: lang, Hash: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		Title: "Demande d'accès à votre compte pour l'assistance",
		Paragraphs: []string{
			"Cabinet Lumière demande à entrer dans votre logiciel Facturo, pas votre banque.",
			"Une seule personne est concernée : Nora Petit, pour vous aider à résoudre un problème. Elle agira en son propre nom, sans connaître vos mots de passe.",
			"Motif indiqué : Ticket 4711 : la TVA de mars ne se calcule plus",
			"Qui vous le demande : Cabinet Lumière, immatriculation SIREN 552 100 554, 12 rue des Lilas, 69003 Lyon, contact@lumiere.test, +33 4 72 00 00 00.",
			"Durée proposée par Cabinet Lumière : 1 semaine. C'est vous qui choisissez.",
			"Tant que vous n'avez pas dit oui, personne n'entre. Vous pouvez arrêter l'accès à tout moment, avec effet immédiat.",
		},
		Rights: []*consentv1.RightLine{
			sampleLine("management", "Gestion générale : consulter, modifier et valider", false),
			sampleLine("accounting", "Comptabilité : consulter, modifier et valider", false),
			sampleLine("accounting/bank", "Coordonnées bancaires et comptes bancaires : consulter, modifier et valider, seulement si vous cochez cette ligne", true),
		},
	}
	if lang == "en" {
		text.Title = "Request to access your account for support"
	}
	return text
}

func sampleLine(feature, label string, sensitive bool) *consentv1.RightLine {
	return &consentv1.RightLine{
		Feature: feature, Label: label, Sensitive: sensitive,
		Right: &membershipv1.FeatureRight{Feature: feature, Level: authzv1.Level_LEVEL_APPROVER},
	}
}

func sampleAsked(lang string, state consentv1.ConsentState) asked {
	return asked{consent: sampleConsent(state), text: sampleText(lang), recipient: "Claire", link: true}
}

func sampleDossier(name string) *partnersupportv1.Dossier {
	return &partnersupportv1.Dossier{
		Id: "dos_01jd0000000000000000000004", ClientName: name, ClientRegistrationNumber: "SIREN 812 345 678",
		State: partnersupportv1.DossierState_DOSSIER_STATE_ACTIVE,
		Assignments: []*partnersupportv1.Assignment{
			{
				Id: "asg_01jd0000000000000000000005", CollaboratorName: "Nora Petit",
				State:      partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ACTIVE,
				ExpireTime: timestamppb.New(noon().Add(7 * day)),
			},
			{
				Id: "asg_01jd0000000000000000000006", CollaboratorName: "Louis Roux",
				State: partnersupportv1.AssignmentState_ASSIGNMENT_STATE_PENDING_CONSENT,
			},
		},
	}
}

func sampleCollaborator(state partnersupportv1.CollaboratorState) *partnersupportv1.Collaborator {
	return &partnersupportv1.Collaborator{
		Id: "col_01jd0000000000000000000007", GivenName: "Nora", FamilyName: "Petit", Email: "nora@lumiere.test", State: state,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	}
}
