package rest

import (
	"context"
	"errors"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"github.com/aval-access/aval/gateway/internal/clients"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// register binds every service that has HTTP rules; a test walks the
// descriptors and names the one that is missing.
func register(mux *runtime.ServeMux, c *clients.Clients) error {
	// The context ends streams of a dialled connection; these clients have none.
	ctx := context.Background()
	return errors.Join(
		identityv1.RegisterAuthServiceHandlerClient(ctx, mux, c.Auth),
		identityv1.RegisterUserServiceHandlerClient(ctx, mux, c.Users),
		identityv1.RegisterAccountServiceHandlerClient(ctx, mux, c.Accounts),
		identityv1.RegisterSessionServiceHandlerClient(ctx, mux, c.Logins),
		identityv1.RegisterRecoveryServiceHandlerClient(ctx, mux, c.Recovery),
		identityv1.RegisterEmailChangeServiceHandlerClient(ctx, mux, c.EmailChanges),
		identityv1.RegisterFactorServiceHandlerClient(ctx, mux, c.Factors),
		identityv1.RegisterSecondFactorServiceHandlerClient(ctx, mux, c.SecondFactors),
		membershipv1.RegisterOrganizationServiceHandlerClient(ctx, mux, c.Organizations),
		membershipv1.RegisterMemberServiceHandlerClient(ctx, mux, c.Members),
		membershipv1.RegisterInvitationServiceHandlerClient(ctx, mux, c.Invitations),
		membershipv1.RegisterFeatureServiceHandlerClient(ctx, mux, c.Features),
		membershipv1.RegisterAccessServiceHandlerClient(ctx, mux, c.Access),
		membershipv1.RegisterRightsServiceHandlerClient(ctx, mux, c.Rights),
		membershipv1.RegisterContactServiceHandlerClient(ctx, mux, c.Contacts),
		partnersupportv1.RegisterProductServiceHandlerClient(ctx, mux, c.Products),
		partnersupportv1.RegisterCollaboratorServiceHandlerClient(ctx, mux, c.Collaborators),
		partnersupportv1.RegisterDossierServiceHandlerClient(ctx, mux, c.Dossiers),
		partnersupportv1.RegisterDossierEndServiceHandlerClient(ctx, mux, c.Links),
		partnersupportv1.RegisterDossierRequestServiceHandlerClient(ctx, mux, c.LinkRequests),
		partnersupportv1.RegisterConflictServiceHandlerClient(ctx, mux, c.Conflicts),
		partnersupportv1.RegisterCreditServiceHandlerClient(ctx, mux, c.Credits),
		partnersupportv1.RegisterAssignmentServiceHandlerClient(ctx, mux, c.Assignments),
		partnersupportv1.RegisterHandOverServiceHandlerClient(ctx, mux, c.HandOvers),
		partnersupportv1.RegisterClientNumberServiceHandlerClient(ctx, mux, c.ClientNumbers),
		partnersupportv1.RegisterOfferServiceHandlerClient(ctx, mux, c.Offers),
		partnersupportv1.RegisterBrandServiceHandlerClient(ctx, mux, c.Brands),
		partnersupportv1.RegisterMyDossierServiceHandlerClient(ctx, mux, c.MyDossiers),
		partnersupportv1.RegisterSupportSessionServiceHandlerClient(ctx, mux, c.SupportSessions),
		partnersupportv1.RegisterClientVisitServiceHandlerClient(ctx, mux, c.ClientVisits),
		consentv1.RegisterConsentServiceHandlerClient(ctx, mux, c.Consents),
		consentv1.RegisterRequestGroupServiceHandlerClient(ctx, mux, c.RequestGroups),
		consentv1.RegisterAccessStopServiceHandlerClient(ctx, mux, c.AccessStops),
		consentv1.RegisterHistoryServiceHandlerClient(ctx, mux, c.History),
		consentv1.RegisterReceiptServiceHandlerClient(ctx, mux, c.Receipts),
		consentv1.RegisterConsentNumberServiceHandlerClient(ctx, mux, c.Numbers),
		consentv1.RegisterPartnerBlockServiceHandlerClient(ctx, mux, c.Blocks),
		consentv1.RegisterConsentPolicyServiceHandlerClient(ctx, mux, c.Policies),
		consentv1.RegisterLedgerServiceHandlerClient(ctx, mux, c.Ledger),
		notificationv1.RegisterDeliveryServiceHandlerClient(ctx, mux, c.Deliveries),
	)
}
