package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// exactMessage is R83 to the letter.
const exactMessage = "Leur adresse e-mail est déjà liée à un autre enregistrement de partenaire pour ce client."

// another is a second partner in the same database.
func (b bundle) another() bundle {
	b.partner = id.New()
	return b
}

// known stores a ready collaborator with an address.
func (b bundle) known(t *testing.T, email string) domain.Collaborator {
	t.Helper()
	c := domain.Collaborator{
		PartnerID: b.partner, ID: id.New(), InvitationID: id.New(), UserID: id.New(), GivenName: "Karim", FamilyName: "Benali",
		Email: email, PartnerRole: domain.TechnicalSupport, State: domain.Ready, Version: 1, CreateTime: b.clock.Now(),
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.AddCollaborator(ctx, tx, c)
		return err
	})
	return c
}

// linked stores a dossier with a client.
func (b bundle) linked(t *testing.T, client id.ID) domain.Dossier {
	t.Helper()
	d := domain.Dossier{
		PartnerID: b.partner, ID: id.New(), ClientID: client, PartnerName: "Cabinet " + b.partner.String(), ClientName: "Élan",
		SortName: "elan", State: domain.DossierActive, Version: 1, CreateTime: b.clock.Now(),
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error { return postgres.AddDossier(ctx, tx, d) })
	return d
}

// listed assigns a person with this address to the client at the partner, a
// minute after whatever was before.
func (b bundle) listed(t *testing.T, email string, client id.ID) *v1.AssignmentResult {
	t.Helper()
	b.clock.Advance(time.Minute)
	return b.assign(t, b.known(t, email), b.linked(t, client))[0]
}

func (b bundle) conflicts(t *testing.T) []*v1.Conflict {
	t.Helper()
	list, err := v1.NewConflictServiceClient(b.gateway(t)).ListConflicts(b.as(t, b.admin), &v1.ListConflictsRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	return list.GetConflicts()
}

func (b bundle) releases(t *testing.T) []*v1.ReleaseRequest {
	t.Helper()
	list, err := v1.NewConflictServiceClient(b.gateway(t)).ListReleaseRequests(b.as(t, b.admin), &v1.ListReleaseRequestsRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	return list.GetReleaseRequests()
}

// R83 R84 R85 R86 R87 R127: the second partner is told with the exact message and the three
// ways out, goes on all the same, and learns nothing of the first, which hears
// nothing.
func TestTheSecondPartnerIsWarnedAndLearnsNothing(t *testing.T) {
	t.Parallel()
	one, client := setup(t), id.New()
	two := one.another()
	require.Empty(t, one.listed(t, "Karim@cabinet.example", client).GetWarningReason())
	second := two.listed(t, "karim@CABINET.example", client)
	require.Empty(t, second.GetErrorReason())
	require.Equal(t, "PARTNER_CONFLICT", second.GetWarningReason())
	require.Equal(t, exactMessage, second.GetWarningMessage())

	require.Empty(t, one.conflicts(t), "the first is first")
	found := two.conflicts(t)
	require.Len(t, found, 1)
	require.Equal(t, v1.ConflictKind_CONFLICT_KIND_EXACT, found[0].GetKind())
	require.Equal(t, exactMessage, found[0].GetMessage())
	require.Len(t, found[0].GetWaysOut(), 3)
	for i, way := range []string{"premier partenaire", "sur votre propre domaine", "une autre adresse à cette personne"} {
		require.Contains(t, found[0].GetWaysOut()[i], way)
	}
	shown, err := protojson.Marshal(found[0])
	require.NoError(t, err)
	require.NotContains(t, string(shown), one.partner.String())
	require.NotContains(t, string(shown), one.partner.Text("org"))
}

// R83: another client, another person, an assignment that is over: no conflict.
// A tag in the address alone only warns (R91).
func TestOnlyTheSamePersonAtTheSameClientConflicts(t *testing.T) {
	t.Parallel()
	one, client := setup(t), id.New()
	two := one.another()
	one.listed(t, "karim@cabinet.example", client)
	require.Empty(t, two.listed(t, "karim@cabinet.example", id.New()).GetWarningReason())
	require.Empty(t, two.listed(t, "sofia@cabinet.example", client).GetWarningReason())
	three := one.another()
	require.Equal(t, "PARTNER_CONFLICT_POSSIBLE", three.listed(t, "karim+b@cabinet.example", client).GetWarningReason())
	alike := three.conflicts(t)[0]
	require.Equal(t, v1.ConflictKind_CONFLICT_KIND_ALIKE, alike.GetKind())
	_, err := v1.NewConflictServiceClient(three.gateway(t)).RequestRelease(three.as(t, three.admin), &v1.RequestReleaseRequest{
		PartnerId: three.partner.Text("org"), AssignmentId: alike.GetAssignmentId(),
	})
	requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
	one.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE assignment SET state = 'ENDED', end_reason = 'DETACHED', end_time = now()")
		return err
	})
	require.Empty(t, three.conflicts(t))
	next := one.another().listed(t, "karim@cabinet.example", client)
	require.Equal(t, "PARTNER_CONFLICT_POSSIBLE", next.GetWarningReason(), "what is over counts no more; the one that is alike is first now")
}

// R83: two identities of one person are found by the person, whatever the
// addresses.
func TestOnePersonWithTwoAddressesConflicts(t *testing.T) {
	t.Parallel()
	one, client := setup(t), id.New()
	two := one.another()
	c := one.known(t, "karim@cabinet.example")
	one.assign(t, c, one.linked(t, client))
	two.clock.Advance(time.Minute)
	same := two.known(t, "k.benali@other.example")
	two.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		same.UserID = c.UserID
		same.Version++
		return postgres.SaveCollaborator(ctx, tx, same)
	})
	require.Equal(t, "PARTNER_CONFLICT", two.assign(t, same, two.linked(t, client))[0].GetWarningReason())
}

// R85 R127: the first partner is asked once, by however many, without learning
// by whom; it keeps the person, or lets them go, and the second sees which.
func TestAReleaseIsAskedForWithoutNames(t *testing.T) {
	t.Parallel()
	one, client := setup(t), id.New()
	two, three := one.another(), one.another()
	held := one.listed(t, "karim@cabinet.example", client).GetAssignment()
	for _, second := range []bundle{two, three} {
		second.listed(t, "karim@cabinet.example", client)
		done, err := v1.NewConflictServiceClient(second.gateway(t)).RequestRelease(second.as(t, second.admin), &v1.RequestReleaseRequest{
			PartnerId: second.partner.Text("org"), AssignmentId: second.conflicts(t)[0].GetAssignmentId(),
		})
		require.NoError(t, err)
		require.NotNil(t, done.GetConflict().GetAskTime())
	}
	require.Equal(t, 1, one.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.release.requested'"), "one mail for all who ask")
	asked := one.releases(t)
	require.Len(t, asked, 1)
	require.Equal(t, held.GetId(), asked[0].GetAssignmentId())
	require.Equal(t, v1.ReleaseRequestState_RELEASE_REQUEST_STATE_OPEN, asked[0].GetState())
	shown, err := protojson.Marshal(asked[0])
	require.NoError(t, err)
	for _, second := range []bundle{two, three} {
		require.NotContains(t, string(shown), second.partner.Text("org"))
		require.Empty(t, second.releases(t))
	}
	keep := &v1.KeepAssignmentRequest{PartnerId: one.partner.Text("org"), ReleaseRequestId: asked[0].GetId()}
	_, err = v1.NewConflictServiceClient(two.gateway(t)).KeepAssignment(two.as(t, two.admin), &v1.KeepAssignmentRequest{
		PartnerId: two.partner.Text("org"), ReleaseRequestId: asked[0].GetId(),
	})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	kept, err := v1.NewConflictServiceClient(one.gateway(t)).KeepAssignment(one.as(t, one.admin), keep)
	require.NoError(t, err)
	require.Equal(t, v1.ReleaseRequestState_RELEASE_REQUEST_STATE_KEPT, kept.GetReleaseRequest().GetState())
	_, err = v1.NewConflictServiceClient(one.gateway(t)).KeepAssignment(one.as(t, one.admin), keep)
	requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
	require.NotNil(t, two.conflicts(t)[0].GetKeepTime())

	one.answered(t, held, domain.ConsentTerminated)
	require.Equal(t, v1.ReleaseRequestState_RELEASE_REQUEST_STATE_RELEASED, one.releases(t)[0].GetState())
	require.Empty(t, two.conflicts(t), "the next in line is first now")
	require.Len(t, three.conflicts(t), 1)
}
