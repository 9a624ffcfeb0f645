package rpc_test

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/rpc"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/consent/internal/worker"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/ledger"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is a real server of consent. Its siblings cannot be reached: what
// needs them is shown end to end elsewhere.
type bundle struct {
	*grpctest.Server
	deps  app.Deps
	asked domain.Record
	// ledger seals what was recorded, by a clock of its own.
	ledger  app.AdvanceLedger
	minutes *clock.Manual
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.DB(t, "consent", postgres.Migrations, jobs.Migrate)
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(jobs.Options{DB: db, Log: log})
	require.NoError(t, err)
	nobody, err := grpc.NewClient("127.0.0.1:1", grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, nobody.Close()) })
	pages, err := page.NewSealer(clock.System{}, make([]byte, 32))
	require.NoError(t, err)
	b := &bundle{
		asked: request(id.New()),
		deps: app.Deps{
			DB: db, Clock: clock.System{}, Jobs: queue, Log: log, Siblings: sibling.New(nobody, nobody),
			Terms: app.Terms{Request: 24 * time.Hour, CoolDown: time.Hour, CodesPerNetwork: 20, Policy: domain.Policy{InactivityDays: 190}},
		},
	}
	worker.Handle(queue, b.deps)
	signer, err := ledger.NewSigner("aval.example/ledger", []ed25519.PrivateKey{ed25519.NewKeyFromSeed(make([]byte, 32))})
	require.NoError(t, err)
	b.minutes = clock.NewManual(time.Now())
	b.ledger = app.AdvanceLedger{Deps: b.deps, Signer: signer}
	b.ledger.Clock = b.minutes
	b.Server = grpctest.Start(t, grpctest.Options{
		Server: grpcserver.Options{Name: "consent", Decider: authz.DeciderFunc(
			func(context.Context, authz.Question) (bool, error) { return true, nil })},
		Register: func(s *grpc.Server) {
			consentv1.RegisterConsentServiceServer(s, rpc.NewConsentServer(b.deps, pages))
			consentv1.RegisterHistoryServiceServer(s, rpc.NewHistoryServer(b.deps, pages))
			consentv1.RegisterLedgerServiceServer(s, rpc.NewLedgerServer(b.deps, pages, signer))
			notificationv1.RegisterMailSourceServiceServer(s, rpc.NewMailServer(b.deps))
		},
	})
	return b
}

func request(client id.ID) domain.Record {
	return domain.Record{
		ClientID: client, PartnerID: id.New(), AssignmentID: id.New(), UserID: id.New(), RequesterID: id.New(),
		ClientName: "Boulangerie Durand", ClientLocale: "fr", GivenName: "Karim", FamilyName: "Haddad",
		Partner: domain.Identification{LegalName: "Cabinet Martin"}, Role: domain.TechnicalSupport, Proposed: time.Hour,
		Lines: []domain.Line{
			{Right: domain.Right{Feature: "management", Level: domain.Approver}, LabelFR: "Gestion générale"},
			{Right: domain.Right{Feature: "accounting/bank", Level: domain.Approver}, LabelFR: "Banque", Sensitive: true},
		},
	}
}

// as is the context of a person signed in at an organisation.
func (b *bundle) as(t *testing.T, user, organization id.ID) context.Context {
	return authn.WithToken(t.Context(), b.Signer.Person(t, user, organization))
}

func (b *bundle) ask(t *testing.T) id.ID {
	t.Helper()
	consent, err := app.RequestConsent{Deps: b.deps}.Record(t.Context(), b.asked)
	require.NoError(t, err)
	return consent
}

func (b *bundle) give(t *testing.T) id.ID {
	t.Helper()
	consent := b.ask(t)
	_, err := app.Approve{Deps: b.deps}.Decide(t.Context(), app.Answer{
		Respond:  app.Respond{ClientID: b.asked.ClientID, ConsentID: consent, Via: domain.Session},
		Duration: domain.Duration{Choice: domain.UntilStopped}, TextLocale: "fr",
		TextHash: wording.Canonical(b.asked, "fr").Hash(),
	}, app.Parties{
		By:  domain.Respondent{UserID: id.New(), Name: "Anne Petit", Approver: true, Administrator: true},
		For: domain.Asker{UserID: b.asked.UserID},
	})
	require.NoError(t, err)
	return consent
}

func refused(t *testing.T, err error, reason reasonv1.Reason) {
	t.Helper()
	require.Equal(t, reason, fault.ReasonOf(err), "%v", err)
}

func (b *bundle) consents(t *testing.T) consentv1.ConsentServiceClient {
	return consentv1.NewConsentServiceClient(b.Client(t, "gateway"))
}

func answer() *consentv1.Answer {
	return &consentv1.Answer{
		Duration: consentv1.DurationChoice_DURATION_CHOICE_1_WEEK, TextLocale: "fr",
		TextHash: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	}
}

// Who acts inside an account by a client's yes never answers for the client.
func TestSupportTokenNeverAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t).Text("cns")
	rules, err := authz.Rules(consentv1.File_aval_consent_v1_consent_service_proto.Services().ByName("ConsentService"))
	require.NoError(t, err)
	yes := authz.DeciderFunc(func(context.Context, authz.Question) (bool, error) { return true, nil })
	authorizer, err := authz.New(rules, yes)
	require.NoError(t, err)
	caller := authn.Caller{
		SPIFFE: grpctest.ID("gateway"), Service: "gateway",
		Person: &authn.Person{OrganizationID: b.asked.ClientID, Act: &authn.Actor{UserID: b.asked.UserID, OrganizationID: b.asked.PartnerID}},
	}
	for _, method := range []string{
		consentv1.ConsentService_ApproveConsent_FullMethodName, consentv1.ConsentService_DeclineConsent_FullMethodName,
		consentv1.ConsentService_WithdrawConsent_FullMethodName, consentv1.ConsentService_LookupConsent_FullMethodName,
		consentv1.ConsentService_ListConsents_FullMethodName, consentv1.ConsentService_GetConsent_FullMethodName,
	} {
		_, err := authorizer.Enforce(t.Context(), caller, method, &consentv1.ApproveConsentRequest{ConsentId: consent})
		refused(t, err, reasonv1.Reason_REASON_PERMISSION_DENIED)
	}

	claims := b.Signer.Claims(b.asked.UserID, id.ID{})
	claims.Subject, claims.Act = b.asked.ClientID.Text("org"), &authn.ActClaim{
		Subject: b.asked.UserID.Text("usr"), Organization: b.asked.PartnerID.Text("org"),
	}
	ctx := authn.WithToken(t.Context(), b.Signer.Sign(t, claims))
	_, err = b.consents(t).ApproveConsent(ctx, &consentv1.ApproveConsentRequest{ConsentId: consent, Answer: answer()})
	require.Error(t, err)
	_, err = b.consents(t).ApproveByLink(ctx, &consentv1.ApproveByLinkRequest{Token: token.New(token.Consent).String(), Answer: answer()})
	require.Error(t, err)
}

func TestOthersFindNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.give(t).Text("cns")
	for _, organization := range []id.ID{id.New(), b.asked.PartnerID} {
		ctx := b.as(t, id.New(), organization)
		_, err := b.consents(t).GetConsent(ctx, &consentv1.GetConsentRequest{ConsentId: consent})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		_, err = b.consents(t).LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: consent})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		_, err = b.consents(t).ApproveConsent(ctx, &consentv1.ApproveConsentRequest{ConsentId: consent, Answer: answer()})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		_, err = b.consents(t).DeclineConsent(ctx, &consentv1.DeclineConsentRequest{ConsentId: consent})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		_, err = b.consents(t).WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: consent})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		_, err = b.consents(t).ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: b.asked.ClientID.Text("org")})
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
		list, err := b.consents(t).ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: organization.Text("org")})
		require.NoError(t, err)
		require.Empty(t, list.GetConsents())
	}
}

func TestLinkIsReadExactly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	expired := token.New(token.Consent)
	require.NoError(t, b.deps.DB.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return postgres.Links{}.Insert(ctx, tx, []postgres.Link{{
			Hash: expired.Hash(), ClientID: b.asked.ClientID, ConsentID: consent, RecipientID: id.New(), Locale: "fr",
			CreateTime: time.Now().Add(-time.Hour), ExpireTime: time.Now().Add(-time.Minute),
		}})
	}))
	for text, want := range map[string]reasonv1.Reason{
		token.New(token.Consent).String():    reasonv1.Reason_REASON_LINK_INVALID,
		token.New(token.Invitation).String(): reasonv1.Reason_REASON_LINK_INVALID,
		expired.String()[:40]:                reasonv1.Reason_REASON_LINK_INVALID,
		expired.String():                     reasonv1.Reason_REASON_LINK_EXPIRED,
	} {
		_, err := b.consents(t).LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: text})
		refused(t, err, want)
		_, err = b.consents(t).ApproveByLink(t.Context(), &consentv1.ApproveByLinkRequest{Token: text, Answer: answer()})
		refused(t, err, want)
		_, err = b.consents(t).DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: text})
		refused(t, err, want)
	}
}

func TestPartnerBrowserIsRefusedByLink(t *testing.T) {
	t.Parallel()
	b := setup(t)
	link := token.New(token.Consent)
	consent := b.ask(t)
	require.NoError(t, b.deps.DB.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return postgres.Links{}.Insert(ctx, tx, []postgres.Link{{
			Hash: link.Hash(), ClientID: b.asked.ClientID, ConsentID: consent, RecipientID: id.New(), Locale: "fr",
			CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour),
		}})
	}))
	evidence := &consentv1.Evidence{SessionOrganizationId: b.asked.PartnerID.Text("org")}
	_, err := b.consents(t).ApproveByLink(t.Context(), &consentv1.ApproveByLinkRequest{Token: link.String(), Answer: answer(), Evidence: evidence})
	refused(t, err, reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED)
	_, err = b.consents(t).ApproveByLink(b.as(t, b.asked.UserID, b.asked.PartnerID),
		&consentv1.ApproveByLinkRequest{Token: link.String(), Answer: answer()})
	refused(t, err, reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED)
}

func TestClientReadsTheTimeline(t *testing.T) { // R6, R129
	t.Parallel()
	b := setup(t)
	consent := b.give(t).Text("cns")
	ctx := b.as(t, id.New(), b.asked.ClientID)
	got, err := b.consents(t).GetConsent(ctx, &consentv1.GetConsentRequest{ConsentId: consent})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, got.GetConsent().GetState())
	require.Len(t, got.GetConsent().GetRequestedRights(), 1, "sensitive lines are in no preset")
	steps := got.GetConsent().GetTimeline()
	require.Len(t, steps, 2)
	require.Equal(t, consentv1.Party_PARTY_PARTNER, steps[0].GetParty())
	require.Empty(t, steps[0].GetActorId(), "who asked at the partner is the partner's")
	require.Equal(t, "Anne Petit", steps[1].GetActorName())

	_, err = b.consents(t).WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: consent})
	refused(t, err, reasonv1.Reason_REASON_REVOCATION_PENDING)
	got, err = b.consents(t).GetConsent(ctx, &consentv1.GetConsentRequest{ConsentId: consent})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_WITHDRAWN, got.GetConsent().GetState())
	b.asked.AssignmentID, b.asked.UserID = id.New(), id.New()
	_, err = b.consents(t).WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: b.ask(t).Text("cns")})
	refused(t, err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN)
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		b.asked.AssignmentID = id.New()
		b.ask(t)
	}
	ctx := b.as(t, id.New(), b.asked.ClientID)
	_, err := b.consents(t).ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: b.asked.ClientID.Text("org"), PageToken: "x"})
	refused(t, err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID)
	ctx = b.as(t, b.asked.RequesterID, b.asked.ClientID)
	req := &consentv1.ListConsentsRequest{OrganizationId: b.asked.ClientID.Text("org"), PageSize: 2}
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		list, err := b.consents(t).ListConsents(ctx, req)
		require.NoError(t, err)
		for _, c := range list.GetConsents() {
			seen[c.GetId()] = true
		}
		if req.PageToken = list.GetNextPageToken(); req.GetPageToken() == "" {
			require.Equal(t, 3, pages)
			break
		}
	}
	require.Len(t, seen, 5)
}

func TestActivityIsRecordedByProductsAndReadByTheClient(t *testing.T) { // R110
	t.Parallel()
	b := setup(t)
	b.give(t)
	activity := func(object string) *consentv1.Activity {
		return &consentv1.Activity{
			AccountId: b.asked.ClientID.Text("org"), ActorId: b.asked.UserID.Text("usr"), SupportSessionId: id.New().Text("sup"),
			Feature: "management/invoices", Action: "invoice.opened", Object: object, Outcome: consentv1.Outcome_OUTCOME_DONE,
		}
	}
	product := consentv1.NewHistoryServiceClient(b.Client(t, "demo-product"))
	req := &consentv1.RecordActivityRequest{
		RequestId: "r1", Activities: []*consentv1.Activity{activity("F-1"), activity("F-2"), activity("F-3")},
	}
	for range 2 {
		out, err := product.RecordActivity(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, int32(3), out.GetRecorded(), "the stored answer")
	}
	early := activity("F-4")
	early.Time = timestamppb.New(time.Now().Add(time.Hour))
	_, err := product.RecordActivity(t.Context(), &consentv1.RecordActivityRequest{Activities: []*consentv1.Activity{early}})
	refused(t, err, reasonv1.Reason_REASON_INVALID_ARGUMENT)
	_, err = consentv1.NewHistoryServiceClient(b.Client(t, "gateway")).RecordActivity(t.Context(), req)
	refused(t, err, reasonv1.Reason_REASON_PERMISSION_DENIED)

	reader := consentv1.NewHistoryServiceClient(b.Client(t, "gateway"))
	list := &consentv1.ListHistoryRequest{OrganizationId: b.asked.ClientID.Text("org"), PageSize: 2}
	ctx := b.as(t, b.asked.RequesterID, b.asked.ClientID)
	page, err := reader.ListHistory(ctx, list)
	require.NoError(t, err)
	require.Len(t, page.GetEntries(), 2)
	entry := page.GetEntries()[0]
	require.Equal(t, "Karim Haddad", entry.GetActorName())
	require.Equal(t, "Cabinet Martin", entry.GetActingForName())
	require.Contains(t, entry.GetSentence(), "Karim Haddad, de Cabinet Martin, a fait « invoice.opened »")
	list.PageToken = page.GetNextPageToken()
	page, err = reader.ListHistory(ctx, list)
	require.NoError(t, err)
	require.Len(t, page.GetEntries(), 1)
	require.Empty(t, page.GetNextPageToken())
	_, err = reader.ListHistory(b.as(t, b.asked.UserID, b.asked.PartnerID), &consentv1.ListHistoryRequest{OrganizationId: b.asked.ClientID.Text("org")})
	refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
}

func TestRefusalsHaveTheirReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	service := consentv1.NewConsentServiceClient(b.Client(t, "partnersupport"))
	consent := b.give(t).Text("cns")
	_, err := service.Terminate(t.Context(), &consentv1.TerminateRequest{
		ConsentId: consent, PartnerId: id.New().Text("org"), ActorId: id.New().Text("usr"),
	})
	refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
	_, err = service.Terminate(t.Context(), &consentv1.TerminateRequest{
		ConsentId: consent, PartnerId: b.asked.PartnerID.Text("org"), ActorId: id.New().Text("usr"),
	})
	refused(t, err, reasonv1.Reason_REASON_REVOCATION_PENDING)
	out, err := service.Remind(t.Context(), &consentv1.RemindRequest{ConsentId: consent, PartnerId: b.asked.PartnerID.Text("org")})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_TERMINATED, out.GetState())
	_, err = consentv1.NewConsentServiceClient(b.Client(t, "notification")).Remind(t.Context(), &consentv1.RemindRequest{
		ConsentId: consent, PartnerId: b.asked.PartnerID.Text("org"),
	})
	refused(t, err, reasonv1.Reason_REASON_PERMISSION_DENIED)
}

func TestMailsAreForNotificationAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := &notificationv1.PrepareMailRequest{EventId: id.New().Text("evt"), Subject: "aval.consent.v1.consent.postponed"}
	out, err := notificationv1.NewMailSourceServiceClient(b.Client(t, "notification")).PrepareMail(t.Context(), req)
	require.NoError(t, err)
	require.Empty(t, out.GetMails(), "a not-now is told to nobody")
	_, err = notificationv1.NewMailSourceServiceClient(b.Client(t, "gateway")).PrepareMail(t.Context(), req)
	refused(t, err, reasonv1.Reason_REASON_PERMISSION_DENIED)
}
