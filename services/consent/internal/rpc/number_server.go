package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/token"
)

// NumberServer implements aval.consent.v1.ConsentNumberService.
type NumberServer struct {
	consentv1.UnimplementedConsentNumberServiceServer
	deps app.Deps
}

// NewNumberServer makes the server.
func NewNumberServer(deps app.Deps) *NumberServer { return &NumberServer{deps: deps} }

// numbered is a request about a request of a partner.
type numbered interface {
	GetConsentId() string
	GetPartnerId() string
}

func partiesOf(req numbered) (partner, consent id.ID, err error) {
	var read fields.Reader
	partner, consent = read.ID("org", "partner_id", req.GetPartnerId()), read.ID("cns", "consent_id", req.GetConsentId())
	return partner, consent, read.Err()
}

// IssueNumber gives the number of a request that waits.
func (s *NumberServer) IssueNumber(ctx context.Context, req *consentv1.IssueNumberRequest) (*consentv1.IssueNumberResponse, error) {
	partner, consent, err := partiesOf(req)
	if err != nil {
		return nil, err
	}
	n, err := app.Numbers{Deps: s.deps}.Issue(ctx, partner, consent)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.IssueNumberResponse{Number: n.Number, ExpireTime: fields.Time(n.ExpireTime)}, nil
}

// GetNumber tells how far a request has come.
func (s *NumberServer) GetNumber(ctx context.Context, req *consentv1.GetNumberRequest) (*consentv1.GetNumberResponse, error) {
	partner, consent, err := partiesOf(req)
	if err != nil {
		return nil, err
	}
	out, err := app.Numbers{Deps: s.deps}.Follow(ctx, partner, consent)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.GetNumberResponse{
		State: app.StateToProto(out.State), Number: out.Number.Number, ExpireTime: fields.Time(out.Number.ExpireTime),
	}, nil
}

// OpenNumber finds the request behind a number for the caller's organisation.
func (s *NumberServer) OpenNumber(ctx context.Context, req *consentv1.OpenNumberRequest) (*consentv1.OpenNumberResponse, error) {
	consent, err := app.Numbers{Deps: s.deps}.Open(ctx, authn.FromContext(ctx).Person.OrganizationID, req.GetNumber())
	if err != nil {
		return nil, err
	}
	return &consentv1.OpenNumberResponse{ConsentId: consent.Text("cns")}, nil
}

// SendNumberCode mails six digits to who may answer.
func (s *NumberServer) SendNumberCode(ctx context.Context, req *consentv1.SendNumberCodeRequest) (*consentv1.SendNumberCodeResponse, error) {
	address, err := email.Parse(req.GetEmail())
	if err != nil {
		return nil, fault.With(fault.Invalid("email", "string.email"), fault.Cause(err))
	}
	device, err := deviceOrNew(req.GetDevice())
	if err != nil {
		return nil, err
	}
	call, err := app.CallByNumber{Deps: s.deps}.Do(ctx, app.Dialled{
		Number: req.GetNumber(), Address: address, Source: req.GetOrigin().GetSource(), Device: device,
	})
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.SendNumberCodeResponse{Device: device.String(), ExpireTime: fields.Time(call.ExpireTime)}, nil
}

// ConfirmNumberCode takes the digits.
func (s *NumberServer) ConfirmNumberCode(ctx context.Context, req *consentv1.ConfirmNumberCodeRequest) (*consentv1.ConfirmNumberCodeResponse, error) {
	device, err := deviceFrom(req.GetDevice())
	if err != nil {
		return nil, err
	}
	out, err := app.AnswerCall{Deps: s.deps}.Do(ctx, app.Keyed{Number: req.GetNumber(), Digits: req.GetCode(), Device: device})
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.ConfirmNumberCodeResponse{Token: out.Link.String(), RememberUntil: fields.Time(out.Remember)}, nil
}

// deviceOrNew reads a device; an empty text is a new one.
func deviceOrNew(text string) (token.Token, error) {
	if text == "" {
		return token.New(token.Device), nil
	}
	return deviceFrom(text)
}
