// Package clients holds one client per gRPC service behind the gateway, and
// what every call from the edge carries: a request_id, the evidence that the
// edge itself saw, and nothing of the browser's headers beyond a fixed list.
// Whose token goes with a call is for session and rest to say.
package clients

import (
	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// Clients are the services as the edge calls them.
type Clients struct {
	Auth   identityv1.AuthServiceClient
	Users  identityv1.UserServiceClient
	Tokens identityv1.TokenServiceClient

	Accounts     identityv1.AccountServiceClient
	Logins       identityv1.SessionServiceClient
	Recovery     identityv1.RecoveryServiceClient
	EmailChanges identityv1.EmailChangeServiceClient

	Factors       identityv1.FactorServiceClient
	SecondFactors identityv1.SecondFactorServiceClient

	Organizations membershipv1.OrganizationServiceClient
	Members       membershipv1.MemberServiceClient
	Invitations   membershipv1.InvitationServiceClient
	Features      membershipv1.FeatureServiceClient
	Access        membershipv1.AccessServiceClient
	Rights        membershipv1.RightsServiceClient
	Contacts      membershipv1.ContactServiceClient

	Products        partnersupportv1.ProductServiceClient
	Collaborators   partnersupportv1.CollaboratorServiceClient
	Dossiers        partnersupportv1.DossierServiceClient
	Links           partnersupportv1.DossierEndServiceClient
	LinkRequests    partnersupportv1.DossierRequestServiceClient
	Conflicts       partnersupportv1.ConflictServiceClient
	Credits         partnersupportv1.CreditServiceClient
	Assignments     partnersupportv1.AssignmentServiceClient
	HandOvers       partnersupportv1.HandOverServiceClient
	Offers          partnersupportv1.OfferServiceClient
	Brands          partnersupportv1.BrandServiceClient
	ClientNumbers   partnersupportv1.ClientNumberServiceClient
	MyDossiers      partnersupportv1.MyDossierServiceClient
	SupportSessions partnersupportv1.SupportSessionServiceClient
	ClientVisits    partnersupportv1.ClientVisitServiceClient

	Consents consentv1.ConsentServiceClient
	// RequestGroups are requests that left in one mail.
	RequestGroups consentv1.RequestGroupServiceClient
	// AccessStops end accesses behind the link of a mail.
	AccessStops consentv1.AccessStopServiceClient
	History     consentv1.HistoryServiceClient
	Receipts    consentv1.ReceiptServiceClient
	Blocks      consentv1.PartnerBlockServiceClient
	Numbers     consentv1.ConsentNumberServiceClient
	Policies    consentv1.ConsentPolicyServiceClient
	Ledger      consentv1.LedgerServiceClient

	Deliveries notificationv1.DeliveryServiceClient
}

// New makes the clients over one connection per context: conn is asked for
// "identity", "membership", "partnersupport", "consent" and "notification".
func New(conn func(peer string) grpc.ClientConnInterface) *Clients {
	identity, membership := guard(conn("identity")), guard(conn("membership"))
	partnersupport, consent := guard(conn("partnersupport")), guard(conn("consent"))
	return &Clients{
		Auth:            identityv1.NewAuthServiceClient(identity),
		Users:           identityv1.NewUserServiceClient(identity),
		Tokens:          identityv1.NewTokenServiceClient(identity),
		Accounts:        identityv1.NewAccountServiceClient(identity),
		Logins:          identityv1.NewSessionServiceClient(identity),
		Recovery:        identityv1.NewRecoveryServiceClient(identity),
		EmailChanges:    identityv1.NewEmailChangeServiceClient(identity),
		Factors:         identityv1.NewFactorServiceClient(identity),
		SecondFactors:   identityv1.NewSecondFactorServiceClient(identity),
		Organizations:   membershipv1.NewOrganizationServiceClient(membership),
		Members:         membershipv1.NewMemberServiceClient(membership),
		Invitations:     membershipv1.NewInvitationServiceClient(membership),
		Features:        membershipv1.NewFeatureServiceClient(membership),
		Access:          membershipv1.NewAccessServiceClient(membership),
		Rights:          membershipv1.NewRightsServiceClient(membership),
		Contacts:        membershipv1.NewContactServiceClient(membership),
		Products:        partnersupportv1.NewProductServiceClient(partnersupport),
		Collaborators:   partnersupportv1.NewCollaboratorServiceClient(partnersupport),
		Dossiers:        partnersupportv1.NewDossierServiceClient(partnersupport),
		Links:           partnersupportv1.NewDossierEndServiceClient(partnersupport),
		LinkRequests:    partnersupportv1.NewDossierRequestServiceClient(partnersupport),
		Conflicts:       partnersupportv1.NewConflictServiceClient(partnersupport),
		Credits:         partnersupportv1.NewCreditServiceClient(partnersupport),
		Assignments:     partnersupportv1.NewAssignmentServiceClient(partnersupport),
		HandOvers:       partnersupportv1.NewHandOverServiceClient(partnersupport),
		Offers:          partnersupportv1.NewOfferServiceClient(partnersupport),
		Brands:          partnersupportv1.NewBrandServiceClient(partnersupport),
		ClientNumbers:   partnersupportv1.NewClientNumberServiceClient(partnersupport),
		MyDossiers:      partnersupportv1.NewMyDossierServiceClient(partnersupport),
		SupportSessions: partnersupportv1.NewSupportSessionServiceClient(partnersupport),
		ClientVisits:    partnersupportv1.NewClientVisitServiceClient(partnersupport),
		Consents:        consentv1.NewConsentServiceClient(consent),
		RequestGroups:   consentv1.NewRequestGroupServiceClient(consent),
		AccessStops:     consentv1.NewAccessStopServiceClient(consent),
		History:         consentv1.NewHistoryServiceClient(consent),
		Receipts:        consentv1.NewReceiptServiceClient(consent),
		Blocks:          consentv1.NewPartnerBlockServiceClient(consent),
		Numbers:         consentv1.NewConsentNumberServiceClient(consent),
		Policies:        consentv1.NewConsentPolicyServiceClient(consent),
		Ledger:          consentv1.NewLedgerServiceClient(consent),
		Deliveries:      notificationv1.NewDeliveryServiceClient(guard(conn("notification"))),
	}
}
