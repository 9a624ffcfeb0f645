package rpc_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/ledger"
)

func (b *bundle) ledgers(t *testing.T) consentv1.LedgerServiceClient {
	return consentv1.NewLedgerServiceClient(b.Client(t, "gateway"))
}

// hear applies an event as the consumers do.
func (b *bundle) hear(t *testing.T, message proto.Message) {
	t.Helper()
	subject, err := bus.SubjectOf(message)
	require.NoError(t, err)
	require.NoError(t, app.RecordFact{Deps: b.deps}.Do(t.Context(), bus.Event{
		ID: id.New(), Subject: subject, Time: b.deps.Clock.Now(), Message: message,
	}))
}

// work records n acts of the collaborator in a product.
func (b *bundle) work(t *testing.T, n int) {
	t.Helper()
	var entries []postgres.Entry
	for i := range n {
		entries = append(entries, postgres.Entry{
			AccountID: b.asked.ClientID, ID: id.New(), ActorID: b.asked.UserID, SupportSessionID: id.New(),
			Action: "invoice.opened", Object: fmt.Sprint("F-", i), Outcome: postgres.Done, Source: "spiffe://aval.local/x",
		})
	}
	_, err := app.RecordActivity{Deps: b.deps}.Do(t.Context(), idempotency.Key{}, entries)
	require.NoError(t, err)
}

// seal advances the ledger until everything has its place and is signed.
func (b *bundle) seal(t *testing.T) {
	t.Helper()
	b.minutes.Advance(time.Minute) // after the last one a checkpoint is due
	_, err := b.ledger.Do(t.Context())
	require.NoError(t, err)
}

// consented makes two facts of one consent: a yes, and its end by the partner.
func (b *bundle) consented(t *testing.T) id.ID {
	t.Helper()
	consent := b.give(t)
	ref := &consentv1.ConsentRef{
		ConsentId: consent.Text("cns"), ClientId: b.asked.ClientID.Text("org"), PartnerId: b.asked.PartnerID.Text("org"),
		UserId: b.asked.UserID.Text("usr"),
	}
	b.hear(t, &consentv1.ConsentGiven{Consent: ref, ActorId: id.New().Text("usr")})
	b.hear(t, &consentv1.ConsentEnded{
		Consent: ref, State: consentv1.ConsentState_CONSENT_STATE_TERMINATED, Party: consentv1.Party_PARTY_PARTNER,
		ActorId: b.asked.RequesterID.Text("usr"),
	})
	return consent
}

// download is every page of what one organisation may read.
func (b *bundle) download(t *testing.T, ctx context.Context, req *consentv1.ListLedgerEntriesRequest) *consentv1.LedgerBundle {
	t.Helper()
	out := &consentv1.LedgerBundle{}
	for {
		answer, err := b.ledgers(t).ListLedgerEntries(ctx, req)
		require.NoError(t, err)
		out.Entries = append(out.Entries, answer.GetEntries()...)
		out.Checkpoints, out.VerifierKeys = []*consentv1.LedgerCheckpoint{answer.GetCheckpoint()}, answer.GetVerifierKeys()
		if req.PageToken = answer.GetNextPageToken(); req.GetPageToken() == "" {
			return out
		}
		b.work(t, 1) // the ledger goes on meanwhile
		b.seal(t)
	}
}

func requireSound(t *testing.T, bundle *consentv1.LedgerBundle) *ledger.Report {
	t.Helper()
	report, err := ledger.Verify(bundle, ledger.Trust{})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	return report
}

func TestAClientsDownloadVerifies(t *testing.T) { // T-17, R110
	t.Parallel()
	b := setup(t)
	b.consented(t)
	b.work(t, 5)
	b.seal(t)
	owner := b.as(t, id.New(), b.asked.ClientID)
	got := b.download(t, owner, &consentv1.ListLedgerEntriesRequest{OrganizationId: b.asked.ClientID.Text("org"), PageSize: 3})
	require.Len(t, got.GetEntries(), 7, "what came after the first page is another checkpoint's")
	require.Equal(t, 7, requireSound(t, got).Opened)
	for _, entry := range got.GetEntries() {
		require.NotEmpty(t, entry.GetEntry().GetSentence())
	}
	require.NotEmpty(t, got.GetEntries()[0].GetActor(), "who answered is the client's own")
	ended := got.GetEntries()[1]
	require.Empty(t, ended.GetActor(), "who ended it at the partner is not told")
	require.Equal(t, b.asked.PartnerID.Text("org"), ended.GetEntry().GetActingForId())
	require.NotEmpty(t, got.GetEntries()[2].GetActor(), "whom the client let in is told")

	got.Entries[3].Entry.Object = "F-99"
	report, err := ledger.Verify(got, ledger.Trust{})
	require.NoError(t, err)
	require.Equal(t, ledger.EntryAltered, report.Findings[0].Fault)
}

func TestAPartnersDownloadHoldsWhatItHadPartIn(t *testing.T) { // T-17
	t.Parallel()
	b := setup(t)
	consent := b.consented(t)
	b.work(t, 2)
	b.seal(t)
	got := b.download(t, b.as(t, id.New(), b.asked.PartnerID), &consentv1.ListLedgerEntriesRequest{
		OrganizationId: b.asked.PartnerID.Text("org"), ConsentId: consent.Text("cns"),
	})
	require.Len(t, got.GetEntries(), 2, "products' records are the client's")
	requireSound(t, got)
	require.Empty(t, got.GetEntries()[0].GetActor(), "the partner never learns who answered")
	require.NotEmpty(t, got.GetEntries()[1].GetActor(), "who ended it is its own")
	require.Nil(t, got.GetEntries()[0].GetEntry())

	stranger := id.New()
	none, err := b.ledgers(t).ListLedgerEntries(b.as(t, id.New(), stranger), &consentv1.ListLedgerEntriesRequest{OrganizationId: stranger.Text("org")})
	require.NoError(t, err)
	require.Empty(t, none.GetEntries())
}

func TestAnEntryIsProvenToItsOwnAlone(t *testing.T) { // T-17
	t.Parallel()
	b := setup(t)
	b.work(t, 3)
	owner := b.as(t, id.New(), b.asked.ClientID)
	listed, err := consentv1.NewHistoryServiceClient(b.Client(t, "gateway")).ListHistory(owner, &consentv1.ListHistoryRequest{OrganizationId: b.asked.ClientID.Text("org")})
	require.NoError(t, err)
	req := &consentv1.GetInclusionProofRequest{EntryId: listed.GetEntries()[1].GetId()}
	_, err = b.ledgers(t).GetInclusionProof(owner, req)
	refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)

	b.seal(t)
	got, err := b.ledgers(t).GetInclusionProof(owner, req)
	require.NoError(t, err)
	requireSound(t, &consentv1.LedgerBundle{
		Entries: []*consentv1.LedgerEntry{got.GetEntry()}, VerifierKeys: got.GetVerifierKeys(),
		Checkpoints: []*consentv1.LedgerCheckpoint{got.GetCheckpoint()},
	})
	require.Equal(t, req.GetEntryId(), got.GetEntry().GetEntry().GetId())
	for _, other := range []id.ID{id.New(), b.asked.PartnerID} {
		_, err = b.ledgers(t).GetInclusionProof(b.as(t, id.New(), other), req)
		refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
	}
	_, err = b.ledgers(t).GetInclusionProof(owner, &consentv1.GetInclusionProofRequest{EntryId: id.New().Text("act")})
	refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
}

func TestCheckpointsAreForEverybody(t *testing.T) { // L1
	t.Parallel()
	b := setup(t)
	_, err := b.ledgers(t).GetCheckpoint(t.Context(), &consentv1.GetCheckpointRequest{})
	refused(t, err, reasonv1.Reason_REASON_NOT_FOUND)
	var seen []ledger.Checkpoint
	for _, n := range []int{3, 4} {
		b.work(t, n)
		b.seal(t)
		answer, err := b.ledgers(t).GetCheckpoint(t.Context(), &consentv1.GetCheckpointRequest{})
		require.NoError(t, err)
		c, err := ledger.OpenCheckpoint(answer.GetCheckpoint().GetNote(), answer.GetVerifierKeys())
		require.NoError(t, err)
		require.EqualValues(t, answer.GetCheckpoint().GetRootHash(), c.Root[:])
		seen = append(seen, c)
	}
	require.EqualValues(t, 7, seen[1].Size)
	older, err := b.ledgers(t).GetCheckpoint(t.Context(), &consentv1.GetCheckpointRequest{TreeSize: 6})
	require.NoError(t, err)
	require.EqualValues(t, 3, older.GetCheckpoint().GetTreeSize())

	proof, err := b.ledgers(t).GetConsistencyProof(t.Context(), &consentv1.GetConsistencyProofRequest{FirstSize: 3})
	require.NoError(t, err)
	hashes := make(tlog.TreeProof, len(proof.GetProof()))
	for i, hash := range proof.GetProof() {
		hashes[i] = tlog.Hash(hash)
	}
	require.NoError(t, tlog.CheckTree(hashes, 7, seen[1].Root, 3, seen[0].Root))
	b.work(t, 1) // sealed or not, it is not signed
	for field, req := range map[string]*consentv1.GetConsistencyProofRequest{
		"second_size": {FirstSize: 3, SecondSize: 8}, "first_size": {FirstSize: 6, SecondSize: 5},
	} {
		_, err = b.ledgers(t).GetConsistencyProof(t.Context(), req)
		refused(t, err, reasonv1.Reason_REASON_INVALID_ARGUMENT)
		require.ErrorContains(t, err, field)
	}
}

func TestTheWholeTreeIsTheOperators(t *testing.T) { // L1
	t.Parallel()
	b := setup(t)
	b.consented(t)
	b.work(t, 5)
	b.seal(t)
	all := &consentv1.LedgerBundle{Whole: true}
	req := &consentv1.ListLeavesRequest{PageSize: 3}
	operator := consentv1.NewLedgerServiceClient(b.Client(t, "operator"))
	for {
		answer, err := operator.ListLeaves(t.Context(), req)
		require.NoError(t, err)
		all.Entries, all.VerifierKeys = append(all.Entries, answer.GetEntries()...), answer.GetVerifierKeys()
		all.Checkpoints = append(all.Checkpoints, answer.GetCheckpoints()...)
		if req.PageToken = answer.GetNextPageToken(); req.GetPageToken() == "" {
			break
		}
	}
	require.Len(t, all.GetEntries(), 7)
	require.Zero(t, requireSound(t, all).Opened)
	require.False(t, slices.ContainsFunc(all.GetEntries(), func(e *consentv1.LedgerEntry) bool { return len(e.GetRecord())+len(e.GetActor()) > 0 }))
	_, err := b.ledgers(t).ListLeaves(b.as(t, id.New(), b.asked.ClientID), &consentv1.ListLeavesRequest{})
	refused(t, err, reasonv1.Reason_REASON_PERMISSION_DENIED)
}
