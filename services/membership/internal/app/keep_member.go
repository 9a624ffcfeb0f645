package app

import (
	"context"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// KeepMember is what administrators do to a member who stays or goes. Its
// transactions are the system's: grants and visits lie in other tenants.
type KeepMember struct{ Deps }

// KeepMemberInput says who does something to whom.
type KeepMemberInput struct {
	OrganizationID id.ID
	MemberID       id.ID
	ActorID        id.ID
}

// Update changes what the change names. Of two who read the same sheet the
// second is told: version is the one read, zero for whatever it is now.
func (k KeepMember) Update(
	ctx context.Context, tx pg.Tx, in KeepMemberInput, change domain.SheetChange, version int64,
) (domain.Membership, error) {
	deed, err := k.lock(ctx, tx, in)
	if err != nil {
		return deed.Member, err
	}
	if version != 0 && version != deed.Member.Version {
		return deed.Member, domain.ErrChangedMeanwhile
	}
	after, err := deed.Update(change)
	if err != nil {
		return after, err
	}
	if err := postgres.UpdateMember(ctx, tx, after); err != nil {
		return after, err
	}
	var grants []id.ID
	if after.Offer.PartnerRole != deed.Member.Offer.PartnerRole {
		if grants, err = endGrantsVia(ctx, tx, in.OrganizationID, after.Person.UserID); err != nil {
			return after, err
		}
	}
	return after, announceMember(ctx, tx, after, changed(deed, after, grants))
}

// Suspend denies the member everything, here and through this organisation, and
// ends their visits.
func (k KeepMember) Suspend(ctx context.Context, tx pg.Tx, in KeepMemberInput) (domain.Membership, error) {
	deed, err := k.lock(ctx, tx, in)
	if err != nil {
		return deed.Member, err
	}
	after := deed.Member
	if err := after.Suspend(deed.Owners, deed.Now); err != nil {
		return after, err
	}
	if _, err := postgres.CloseSessionsVia(ctx, tx, in.OrganizationID, after.Person.UserID); err != nil {
		return after, err
	}
	return k.store(ctx, tx, deed.Member, after, &membershipv1.MembershipSuspended{
		MemberId: after.ID.Text("mbr"), OrganizationId: in.OrganizationID.Text("org"),
		UserId: after.Person.UserID.Text("usr"), ActorId: in.ActorID.Text("usr"),
	})
}

// Restore takes a suspension back.
func (k KeepMember) Restore(ctx context.Context, tx pg.Tx, in KeepMemberInput) (domain.Membership, error) {
	deed, err := k.lock(ctx, tx, in)
	if err != nil {
		return deed.Member, err
	}
	after := deed.Member
	if err := after.Restore(); err != nil {
		return after, err
	}
	return k.store(ctx, tx, deed.Member, after, &membershipv1.MembershipRestored{
		MemberId: after.ID.Text("mbr"), OrganizationId: in.OrganizationID.Text("org"),
		UserId: after.Person.UserID.Text("usr"), ActorId: in.ActorID.Text("usr"),
	})
}

// store writes a change and its fact; where nothing changed, nothing.
func (k KeepMember) store(
	ctx context.Context, tx pg.Tx, before, after domain.Membership, fact proto.Message,
) (domain.Membership, error) {
	if after.Version == before.Version {
		return after, nil
	}
	if err := postgres.UpdateMember(ctx, tx, after); err != nil {
		return after, err
	}
	return after, announceMember(ctx, tx, after, fact)
}

// Remove ends the membership and every grant through the organisation (R113).
func (k KeepMember) Remove(ctx context.Context, tx pg.Tx, in KeepMemberInput) (MembershipEnd, error) {
	locked, deed, err := k.find(ctx, tx, in)
	if err != nil {
		return MembershipEnd{}, err
	}
	return EndMembership(k).end(ctx, tx, locked, MembershipEnding{
		OrganizationID: in.OrganizationID, UserID: deed.Member.Person.UserID, ActorID: in.ActorID,
	})
}

// Find gives the member over whom the actor has power, for what another context
// does.
func (k KeepMember) Find(ctx context.Context, tx pg.Tx, in KeepMemberInput) (domain.Membership, error) {
	deed, err := k.lock(ctx, tx, in)
	return deed.Member, err
}

// lock finds the deed that the actor is allowed to do.
func (k KeepMember) lock(ctx context.Context, tx pg.Tx, in KeepMemberInput) (domain.Deed, error) {
	_, deed, err := k.find(ctx, tx, in)
	return deed, err
}

func (k KeepMember) find(ctx context.Context, tx pg.Tx, in KeepMemberInput) (postgres.Locked, domain.Deed, error) {
	locked, err := postgres.LockMembers(ctx, tx, in.OrganizationID, []id.ID{in.MemberID, in.ActorID})
	if err != nil {
		return locked, domain.Deed{}, err
	}
	member, actor := locked.Of(in.MemberID), locked.Of(in.ActorID)
	if member == nil || actor == nil {
		return locked, domain.Deed{}, pg.ErrNoRows
	}
	deed := domain.Deed{Actor: *actor, Member: *member, Owners: locked.Owners, Now: k.Clock.Now()}
	if deed.Catalogue, err = postgres.LoadCatalogue(ctx, tx); err != nil {
		return locked, deed, err
	}
	organization, err := postgres.FindOrganization(ctx, tx, in.OrganizationID)
	if err != nil {
		return locked, deed, err
	}
	deed.Kind = organization.Kind
	return locked, deed, deed.Allowed()
}

func changed(deed domain.Deed, after domain.Membership, grants []id.ID) *membershipv1.MembershipChanged {
	before := deed.Member
	return &membershipv1.MembershipChanged{
		MemberId: after.ID.Text("mbr"), OrganizationId: after.OrganizationID.Text("org"),
		UserId: after.Person.UserID.Text("usr"), ActorId: deed.Actor.Person.UserID.Text("usr"),
		Before: standing(before), After: standing(after),
		DetailsChanged: before.GivenName != after.GivenName || before.FamilyName != after.FamilyName || before.Phone != after.Phone,
		GrantIds:       textsOf("grt", grants),
	}
}

func standing(m domain.Membership) *membershipv1.MemberStanding {
	return &membershipv1.MemberStanding{
		Role: enum.Role(m.Offer.Role), PartnerRole: enum.PartnerRole(m.Offer.PartnerRole),
		Rights: enum.Rights(m.Offer.Rights), EndTime: fields.Time(m.ValidUntil),
	}
}
