package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

func (b bundle) tag(t *testing.T, c domain.Collaborator, kind v1.TagKind, until *timestamppb.Timestamp) (*v1.Collaborator, error) {
	t.Helper()
	answer, err := v1.NewCollaboratorServiceClient(b.gateway(t)).TagCollaborator(b.as(t, b.admin), &v1.TagCollaboratorRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col"), Kind: kind, UntilTime: until,
	})
	return answer.GetCollaborator(), err
}

func (b bundle) tagged(t *testing.T, req *v1.ListCollaboratorsRequest) []string {
	t.Helper()
	req.PartnerId = b.partner.Text("org")
	list, err := v1.NewCollaboratorServiceClient(b.gateway(t)).ListCollaborators(b.as(t, b.admin), req)
	require.NoError(t, err)
	var out []string
	for _, c := range list.GetCollaborators() {
		out = append(out, c.GetId())
	}
	return out
}

// R71 R73 R75 R78: tags are given, replaced and taken off; the list filters by
// them, and every one that was stays known.
func TestTagsAreGivenReplacedAndTakenOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	other := b.collaborator(t, domain.Invited)
	answer, err := b.tag(t, c, v1.TagKind_TAG_KIND_EMPLOYEE, nil)
	require.NoError(t, err)
	require.Equal(t, v1.TagKind_TAG_KIND_EMPLOYEE, answer.GetTag().GetKind())
	require.Equal(t, []string{c.ID.Text("col")}, b.tagged(t, &v1.ListCollaboratorsRequest{Tag: v1.TagKind_TAG_KIND_EMPLOYEE}))
	require.Equal(t, []string{other.ID.Text("col")}, b.tagged(t, &v1.ListCollaboratorsRequest{Untagged: true}))
	require.Len(t, b.tagged(t, &v1.ListCollaboratorsRequest{}), 2)

	b.clock.Advance(time.Minute)
	_, err = b.tag(t, c, v1.TagKind_TAG_KIND_FREELANCER, nil)
	require.NoError(t, err)
	b.clock.Advance(time.Minute)
	answer, err = b.tag(t, c, v1.TagKind_TAG_KIND_UNSPECIFIED, nil)
	require.NoError(t, err)
	require.Nil(t, answer.GetTag())

	client := v1.NewCollaboratorServiceClient(b.gateway(t))
	read, err := client.GetCollaborator(b.as(t, b.admin), &v1.GetCollaboratorRequest{PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col")})
	require.NoError(t, err)
	require.Nil(t, read.GetCollaborator().GetTag())
	list, err := client.ListCollaboratorTags(b.as(t, b.admin), &v1.ListCollaboratorTagsRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col"),
	})
	require.NoError(t, err)
	require.Len(t, list.GetTags(), 2)
	last, first := list.GetTags()[0], list.GetTags()[1]
	require.Equal(t, v1.TagKind_TAG_KIND_FREELANCER, last.GetKind())
	require.Equal(t, first.GetUntilTime().AsTime(), last.GetSinceTime().AsTime(), "no instant between them")
	require.Equal(t, b.admin.Text("usr"), last.GetEndActorId())
	require.Equal(t, 3, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.collaborator.tagged'"))
}

// R78: a freelancer's tag may end by its date.
func TestATagEndsByItsDate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	until := b.clock.Now().Add(24 * time.Hour)
	_, err := b.tag(t, c, v1.TagKind_TAG_KIND_FREELANCER, timestamppb.New(until))
	require.NoError(t, err)
	b.clock.Set(until)
	require.Len(t, b.tagged(t, &v1.ListCollaboratorsRequest{Untagged: true}), 1)
	_, err = b.tag(t, c, v1.TagKind_TAG_KIND_UNSPECIFIED, timestamppb.New(until.Add(time.Hour)))
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
	_, err = b.tag(t, c, v1.TagKind_TAG_KIND_EMPLOYEE, timestamppb.New(until.Add(-48*time.Hour)))
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
}

// R71 R74: who acted untagged is known for every past visit.
func TestAVisitKeepsTheTagOfItsBeginning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	product, c := b.product(t, "alpha"), b.collaborator(t, domain.Ready)
	d := b.dossier(t, "A", domain.DossierActive)
	visit := func() {
		b.past(t, pastVisit{c, d, product.GetId()})
		b.clock.Advance(time.Minute)
	}
	visit()
	_, err := b.tag(t, c, v1.TagKind_TAG_KIND_EMPLOYEE, nil)
	require.NoError(t, err)
	visit()
	_, err = b.tag(t, c, v1.TagKind_TAG_KIND_UNSPECIFIED, nil)
	require.NoError(t, err)
	visit()
	list, err := v1.NewSupportSessionServiceClient(b.gateway(t)).ListSupportSessions(b.as(t, b.admin), &v1.ListSupportSessionsRequest{
		PartnerId: b.partner.Text("org"),
	})
	require.NoError(t, err)
	var tags []v1.TagKind
	for _, s := range list.GetSupportSessions() {
		tags = append(tags, s.GetCollaboratorTag())
	}
	require.Equal(t, []v1.TagKind{0, v1.TagKind_TAG_KIND_EMPLOYEE, 0}, tags)
}

type pastVisit struct {
	collaborator domain.Collaborator
	dossier      domain.Dossier
	product      string
}

// past stores a visit that began and ended now.
func (b bundle) past(t *testing.T, v pastVisit) {
	t.Helper()
	now := b.clock.Now()
	product, err := id.Parse("prd", v.product)
	require.NoError(t, err)
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		a := domain.Assignment{
			PartnerID: b.partner, ID: id.New(), DossierID: v.dossier.ID, CollaboratorID: v.collaborator.ID, RequesterID: b.admin,
			ProposedDuration: 7 * 24 * time.Hour, State: domain.Ended, EndReason: domain.Detached, Version: 1, CreateTime: now, EndTime: &now,
		}
		if err := postgres.AddAssignments(ctx, tx, []domain.Assignment{a}); err != nil {
			return err
		}
		if err := postgres.SaveAssignment(ctx, tx, a); err != nil {
			return err
		}
		s := domain.SupportSession{
			PartnerID: b.partner, ID: id.New(), AssignmentID: a.ID, DossierID: a.DossierID, CollaboratorID: a.CollaboratorID,
			ProductID: product, UserID: v.collaborator.UserID, ClientID: v.dossier.ClientID, GrantID: id.New(), ConsentID: id.New(),
			StartTime: now, ExpireTime: now.Add(time.Hour), Idle: time.Minute, LastUseTime: now, Version: 1,
		}
		if err := postgres.AddSession(ctx, tx, s); err != nil {
			return err
		}
		s.End(domain.VisitEnd{Actor: v.collaborator.UserID, Side: domain.PartnerSide, Time: now})
		return postgres.SaveSession(ctx, tx, s)
	})
}
