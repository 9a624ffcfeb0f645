package rpc

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
)

// eventSource is the source of entries that stand on an event.
const eventSource = "event"

// MailServer implements aval.notification.v1.MailSourceService for consent.
type MailServer struct {
	notificationv1.UnimplementedMailSourceServiceServer
	deps app.Deps
}

// NewMailServer makes the server.
func NewMailServer(deps app.Deps) *MailServer { return &MailServer{deps: deps} }

// PrepareMail answers the mails that one event of consent calls for.
func (s *MailServer) PrepareMail(ctx context.Context, req *notificationv1.PrepareMailRequest) (*notificationv1.PrepareMailResponse, error) {
	event, ok := mailed()[req.GetSubject()]
	if !ok {
		return &notificationv1.PrepareMailResponse{}, nil
	}
	if err := proto.Unmarshal(req.GetPayload(), event); err != nil {
		return nil, fault.Invalid("payload", "bytes.*")
	}
	mails, err := app.PrepareMail{Deps: s.deps}.Do(ctx, event)
	if err != nil {
		return nil, faultOf(err)
	}
	out := &notificationv1.PrepareMailResponse{}
	for _, m := range mails {
		out.Mails = append(out.Mails, mailToProto(m))
	}
	return out, nil
}

// mailed are the events that call for mails, by subject.
func mailed() map[string]proto.Message {
	out := map[string]proto.Message{}
	for _, message := range []proto.Message{
		&consentv1.ConsentRequested{}, &consentv1.ConsentReminded{}, &consentv1.ConsentGiven{},
		&consentv1.ConsentRefused{}, &consentv1.ConsentEnded{},
	} {
		if subject, err := bus.SubjectOf(message); err == nil {
			out[subject] = message
		}
	}
	return out
}

func mailToProto(m app.Mail) *notificationv1.PreparedMail {
	return &notificationv1.PreparedMail{
		RecipientRef: m.RecipientID.Text("usr"), Address: m.Address, Locale: m.Locale, Template: m.Template,
		Variables: m.Variables, ActionPath: m.ActionPath, OrganizationId: m.OrganizationID.Text("org"),
		Reference: m.ConsentID.Text("cns"),
	}
}

func roleFromProto(r membershipv1.PartnerRole) domain.Role {
	return domain.Role(strings.TrimPrefix(r.String(), "PARTNER_ROLE_"))
}

func outcomeFromProto(o consentv1.Outcome) postgres.Outcome {
	return postgres.Outcome(strings.TrimPrefix(o.String(), "OUTCOME_"))
}

func outcomeToProto(o postgres.Outcome) consentv1.Outcome {
	return consentv1.Outcome(consentv1.Outcome_value["OUTCOME_"+string(o)])
}

// plainAction is the event's subject, without what tells its endings apart.
func plainAction(action string) string {
	plain, _, _ := strings.Cut(action, "#")
	return plain
}
