// Package rpc serves the contracts of partner support: it converts, calls the
// use case, and converts back. Who may call was decided before; row-level
// security stands behind.
package rpc

import (
	"errors"
	"time"

	"google.golang.org/grpc"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// Register registers all services.
func Register(server grpc.ServiceRegistrar, deps app.Deps, pages *page.Sealer) {
	b := base{Deps: deps, pages: pages}
	v1.RegisterProductServiceServer(server, products{base: b})
	v1.RegisterCollaboratorServiceServer(server, collaborators{base: b})
	v1.RegisterDossierServiceServer(server, dossiers{base: b})
	v1.RegisterDossierEndServiceServer(server, links{base: b})
	v1.RegisterDossierRequestServiceServer(server, requests{base: b})
	v1.RegisterConflictServiceServer(server, conflicts{base: b})
	v1.RegisterCreditServiceServer(server, credits{base: b})
	v1.RegisterBrandServiceServer(server, brands{base: b})
	notificationv1.RegisterMailSourceServiceServer(server, mails{base: b})
	v1.RegisterAssignmentServiceServer(server, assignments{base: b})
	v1.RegisterHandOverServiceServer(server, handOvers{base: b})
	v1.RegisterClientNumberServiceServer(server, numbers{base: b})
	v1.RegisterOfferServiceServer(server, offers{base: b})
	v1.RegisterMyDossierServiceServer(server, myDossiers{base: b})
	v1.RegisterSupportSessionServiceServer(server, sessions{base: b})
	v1.RegisterClientVisitServiceServer(server, clientVisits{base: b})
}

// base is what every service stands on.
type base struct {
	app.Deps
	pages *page.Sealer
}

// inFlightRetry is when a removal that somebody else drives may be asked for
// again.
const inFlightRetry = 2 * time.Second

// answer gives the use case's answer, or its refusal as a fault.
func answer[T any](out T, err error) (T, error) {
	var refusal domain.Refusal
	if err == nil || !errors.As(err, &refusal) {
		return out, err
	}
	opts := []fault.Option{fault.Cause(err)}
	switch refusal {
	case domain.ConfirmationRequired:
		opts = append(opts, fault.Field("confirm", "confirmation"))
	case domain.InFlight:
		opts = append(opts, fault.RetryAfter(inFlightRetry))
	}
	var none T
	return none, fault.New(contract.Reason(refusal), opts...)
}
