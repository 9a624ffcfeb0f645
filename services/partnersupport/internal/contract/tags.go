package contract

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// TagKindToProto gives a kind of tag.
func TagKindToProto(k domain.TagKind) v1.TagKind { return fields.Enum[v1.TagKind](k, "TAG_KIND_") }

// TagKindFromProto reads a kind of tag; empty for none.
func TagKindFromProto(k v1.TagKind) domain.TagKind {
	return domain.TagKind(fields.Word(k, "TAG_KIND_"))
}

// TagToProto gives a tag.
func TagToProto(t domain.Tag) *v1.CollaboratorTag {
	return &v1.CollaboratorTag{
		Kind:       TagKindToProto(t.Kind),
		SinceTime:  timestamppb.New(t.SinceTime),
		UntilTime:  optionalTime(t.UntilTime),
		ActorId:    t.ActorID.Text(User),
		EndActorId: t.EndActorID.Text(User),
	}
}

// TaggedToProto gives a collaborator with the tag that holds; nil: untagged.
func TaggedToProto(c domain.Collaborator, held *domain.Tag) *v1.Collaborator {
	out := CollaboratorToProto(c)
	if held != nil {
		out.Tag = TagToProto(*held)
	}
	return out
}

// TagChange is what became of a collaborator's tag; nil: none.
type TagChange struct {
	Before, After *domain.Tag
	Actor         id.ID
}

// CollaboratorTagged tells that a tag changed.
func CollaboratorTagged(c domain.Collaborator, change TagChange) outbox.Event {
	message := &v1.CollaboratorTagged{
		CollaboratorId: c.ID.Text(Collaborator),
		PartnerId:      c.PartnerID.Text(Organization),
		UserId:         c.UserID.Text(User),
		ActorId:        change.Actor.Text(User),
	}
	if change.Before != nil {
		message.Before = TagKindToProto(change.Before.Kind)
	}
	if change.After != nil {
		message.After = TagKindToProto(change.After.Kind)
	}
	return outbox.Event{
		AggregateType: "collaborator", AggregateID: c.ID, Version: c.Version, Tenant: c.PartnerID, Message: message,
	}
}
