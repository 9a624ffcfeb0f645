package consent

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"go.opentelemetry.io/otel/metric"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/passcode"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/receipt"
	"github.com/aval-access/aval/services/consent/internal/rpc"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/consent/internal/witness"
	"github.com/aval-access/aval/services/consent/internal/worker"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/jwtkey"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/ledger"
	"github.com/aval-access/aval/services/peer"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) (err error) {
	h, err := host.Open(ctx, name, cfg.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	queue, err := jobs.New(jobs.Options{DB: h.DB, Log: h.Log, Periodic: worker.Periodic()})
	if err != nil {
		return err
	}
	digits, err := digitsOf(cfg)
	if err != nil {
		return err
	}
	unreachable, err := h.Telemetry.Meter.Meter(name).Int64Counter("aval_consent_unreachable_total",
		metric.WithDescription("Requests found to reach nobody at the client."))
	if err != nil {
		return fmt.Errorf("making metric of requests: %w", err)
	}
	deps := app.Deps{
		Unreachable: unreachable,
		DB:          h.DB, Clock: h.Clock, Jobs: queue, Log: h.Log,
		Siblings: sibling.New(h.Conn("membership"), h.Conn("identity")),
		Digits:   digits,
		Terms: app.Terms{
			Request: cfg.RequestTerm, CoolDown: cfg.CoolDown,
			Proof: domain.LinkProof(cfg.LinkProof), Device: cfg.DeviceTerm, Grouping: cfg.Grouping, CodesPerNetwork: cfg.CodesPerNetwork,
			Policy: domain.Policy{InactivityDays: cfg.InactivityDays, ReconfirmDays: cfg.ReconfirmDays},
			Keep:   app.Keep{Proofs: cfg.KeepProofs, Visits: cfg.KeepVisits, Actions: cfg.KeepActions, Traces: cfg.KeepTraces},
		},
	}
	signer, err := signerOf(cfg)
	if err != nil {
		return err
	}
	worker.Handle(queue, deps)
	receipts, err := jwtkey.Load(cfg.ReceiptKeysDir)
	if err != nil {
		return err
	}
	if err := register(h, deps, signing{
		ledger: signer, receipts: receipt.NewSigner(receipts),
		frame: receipt.Frame{Issuer: cfg.Issuer, LawfulBasis: cfg.LawfulBasis},
	}); err != nil {
		return err
	}
	kept := witness.Folder(cfg.LedgerWitnessDir)
	components := []lifecycle.Component{
		queue.Component(),
		worker.Sequencer(app.AdvanceLedger{Deps: deps, Signer: signer, Witness: kept}),
		worker.Auditor(app.AuditLedger{Deps: deps, Keys: signer.VerifierKeys(), Witness: kept}),
	}
	for _, spec := range worker.Consumers(deps) {
		components = append(components, h.Consumer(spec))
	}
	return h.Run(ctx, components...)
}

func digitsOf(cfg Config) (passcode.Maker, error) {
	key, err := cfg.SealingKey()
	if err != nil {
		return passcode.Maker{}, err
	}
	return passcode.New(key)
}

// signerOf makes the signer of the ledger, which is named after the issuer.
func signerOf(cfg Config) (*ledger.Signer, error) {
	issuer, err := url.Parse(cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("naming the ledger: %w", err)
	}
	ring, err := jwtkey.Load(cfg.LedgerKeysDir)
	if err != nil {
		return nil, err
	}
	return ledger.NewSigner(issuer.Host+"/ledger", ring.Private())
}

// signing is what proofs are signed with, and what receipts say besides.
type signing struct {
	ledger   *ledger.Signer
	receipts receipt.Signer
	frame    receipt.Frame
}

// register makes the server and puts the services on it.
func register(h *host.Host, deps app.Deps, s signing) error {
	server, err := h.Server(host.ServerOptions{
		Keys: peer.Keys(h.Conn("identity")), Decider: peer.Decider(h.Conn("membership")), Schema: postgres.Migrations,
	})
	if err != nil {
		return err
	}
	consentv1.RegisterConsentServiceServer(server.GRPC(), rpc.NewConsentServer(deps, h.Pages))
	consentv1.RegisterConsentNumberServiceServer(server.GRPC(), rpc.NewNumberServer(deps))
	consentv1.RegisterRequestGroupServiceServer(server.GRPC(), rpc.NewGroupServer(deps))
	consentv1.RegisterAccessStopServiceServer(server.GRPC(), rpc.NewStopServer(deps))
	consentv1.RegisterDossierEndServiceServer(server.GRPC(), rpc.NewDossierEndServer(deps))
	consentv1.RegisterConsentPolicyServiceServer(server.GRPC(), rpc.NewPolicyServer(deps))
	consentv1.RegisterInvalidationServiceServer(server.GRPC(), rpc.NewInvalidationServer(deps))
	consentv1.RegisterPartnerBlockServiceServer(server.GRPC(), rpc.NewBlockServer(deps, h.Pages))
	consentv1.RegisterHistoryServiceServer(server.GRPC(), rpc.NewHistoryServer(deps, h.Pages))
	consentv1.RegisterHistoryOversightServiceServer(server.GRPC(), rpc.NewOversightServer(deps, h.Pages))
	consentv1.RegisterLedgerServiceServer(server.GRPC(), rpc.NewLedgerServer(deps, h.Pages, s.ledger))
	consentv1.RegisterReceiptServiceServer(server.GRPC(), rpc.NewReceiptServer(deps, s.receipts, s.frame))
	identityv1.RegisterPersonDataServiceServer(server.GRPC(), peer.PersonData{Read: app.People{Deps: deps}.Data})
	notificationv1.RegisterMailSourceServiceServer(server.GRPC(), rpc.NewMailServer(deps))
	return nil
}
