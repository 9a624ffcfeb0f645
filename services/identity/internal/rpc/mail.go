package rpc

import (
	"context"
	"errors"
	"strconv"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
)

// Mail serves MailSourceService: what identity says by mail.
type Mail struct {
	notificationv1.UnimplementedMailSourceServiceServer

	Prepare app.PrepareMail
}

// PrepareMail implements MailSourceService.
func (s *Mail) PrepareMail(
	ctx context.Context, req *notificationv1.PrepareMailRequest,
) (*notificationv1.PrepareMailResponse, error) {
	types := bus.TypesOf(&identityv1.PasswordResetRequested{}, &identityv1.UserPasswordChanged{},
		&identityv1.EmailChangeStarted{}, &identityv1.UserEmailChanged{},
		&identityv1.UserFactorAdded{}, &identityv1.UserFactorRemoved{},
		&identityv1.UserRecoveryCodeUsed{}, &identityv1.UserFactorsReset{})
	fact, err := types.Decode(req.GetSubject(), req.GetPayload())
	if errors.Is(err, bus.ErrUnknownSubject) {
		return &notificationv1.PrepareMailResponse{}, nil
	}
	if err != nil {
		return nil, fault.With(fault.Invalid("payload", "bytes.*"), fault.Cause(err))
	}
	mails, err := s.prepare(ctx, fact)
	return &notificationv1.PrepareMailResponse{Mails: fields.Each(mails, mailToProto)}, err
}

func (s *Mail) prepare(ctx context.Context, fact proto.Message) ([]app.Mail, error) {
	if m, ok := fact.(*identityv1.UserEmailChanged); ok && m.GetUndone() {
		var read fields.Reader
		change := read.ID("ech", "payload.change_id", m.GetChangeId())
		if read.Err() != nil {
			return nil, read.Err()
		}
		return s.Prepare.Undone(ctx, change, m.GetFactorsRemoved())
	}
	mail, err := s.prepareOne(ctx, fact)
	if err != nil || mail.Letter == "" {
		return nil, err
	}
	return []app.Mail{mail}, nil
}

func (s *Mail) prepareOne(ctx context.Context, fact proto.Message) (app.Mail, error) {
	var read fields.Reader
	switch m := fact.(type) {
	case *identityv1.PasswordResetRequested:
		if request := read.ID("rsr", "payload.reset_id", m.GetResetId()); read.Err() == nil {
			return s.Prepare.Reset(ctx, request)
		}
	case *identityv1.UserPasswordChanged:
		if user := read.ID("usr", "payload.user_id", m.GetUserId()); read.Err() == nil {
			return s.Prepare.Password(ctx, user)
		}
	case *identityv1.EmailChangeStarted:
		if change := read.ID("ech", "payload.change_id", m.GetChangeId()); read.Err() == nil {
			return s.Prepare.Proof(ctx, change)
		}
	case *identityv1.UserEmailChanged:
		if change := read.ID("ech", "payload.change_id", m.GetChangeId()); read.Err() == nil {
			return s.Prepare.Changed(ctx, change)
		}
	}
	if user, change := factorChange(fact); change.What != "" {
		if user := read.ID("usr", "payload.user_id", user); read.Err() == nil {
			return s.Prepare.Factors(ctx, user, change)
		}
	}
	return app.Mail{}, read.Err()
}

// factorChange reads what happened to whose factors; no What for other facts.
func factorChange(fact proto.Message) (user string, change app.FactorChange) {
	switch m := fact.(type) {
	case *identityv1.UserFactorAdded:
		return m.GetUserId(), app.FactorChange{What: "FACTOR_ADDED", Kind: kindFromProto(m.GetKind())}
	case *identityv1.UserFactorRemoved:
		return m.GetUserId(), app.FactorChange{What: "FACTOR_REMOVED", Kind: kindFromProto(m.GetKind())}
	case *identityv1.UserRecoveryCodeUsed:
		left := m.GetLeft()
		return m.GetUserId(), app.FactorChange{What: "RECOVERY_CODE_USED", Left: &left}
	case *identityv1.UserFactorsReset:
		return m.GetUserId(), app.FactorChange{What: "FACTORS_RESET"}
	default:
		return "", app.FactorChange{}
	}
}

func kindFromProto(kind identityv1.FactorKind) domain.FactorKind {
	return domain.FactorKind(fields.Word(kind, "FACTOR_KIND_"))
}

func factorVariables(change app.FactorChange, variables map[string]string) {
	variables["what"], variables["kind"] = change.What, string(change.Kind)
	if change.Left != nil {
		variables["left"] = strconv.Itoa(int(*change.Left))
	}
}

func mailToProto(m app.Mail) *notificationv1.PreparedMail {
	out := &notificationv1.PreparedMail{
		RecipientRef: m.User.ID.Text("usr"),
		Address:      m.Address,
		Locale:       m.User.Locale,
		Template:     string(m.Letter),
		Variables:    map[string]string{"email": m.User.Email},
		Reference:    m.User.ID.Text("usr"),
	}
	switch m.Letter {
	case app.PasswordReset:
		out.ActionPath = "/reset-password/" + m.Link.String()
	case app.FactorNotice:
		out.ActionPath = "/account/factors"
		factorVariables(m.Factor, out.Variables)
	case app.PasswordChanged:
		out.ActionPath = "/forgot-password"
	case app.EmailChangeProof:
		out.ActionPath = "/confirm-email/" + m.Link.String()
		out.Variables["new_email"] = m.Change.NewEmail
		if m.Change.NeedsPassword() {
			out.Variables["password_needed"] = "yes"
		}
	case app.EmailChanged:
		out.ActionPath = "/undo-email/" + m.Link.String()
		out.Variables["email"] = m.Change.OldEmail
	case app.EmailRestored:
		out.ActionPath = "/forgot-password"
		undoneVariables(m, out.Variables)
	case app.EmailChangeUndone:
		undoneVariables(m, out.Variables)
	}
	return out
}

func undoneVariables(m app.Mail, variables map[string]string) {
	variables["email"], variables["new_email"] = m.Change.OldEmail, m.Change.NewEmail
	if m.FactorsRemoved > 0 {
		variables["factors_removed"] = strconv.Itoa(int(m.FactorsRemoved))
	}
}
