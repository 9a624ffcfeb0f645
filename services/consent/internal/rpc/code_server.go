package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/token"
)

// SendConsentCode mails six digits to the recipient of a link.
func (s *ConsentServer) SendConsentCode(ctx context.Context, req *consentv1.SendConsentCodeRequest) (*consentv1.SendConsentCodeResponse, error) {
	link, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	device, err := deviceOrNew(req.GetDevice())
	if err != nil {
		return nil, err
	}
	code, err := app.SendCode{Deps: s.deps}.Do(ctx, link, device)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.SendConsentCodeResponse{Device: device.String(), ExpireTime: fields.Time(code.ExpireTime)}, nil
}

// ConfirmConsentCode takes the digits.
func (s *ConsentServer) ConfirmConsentCode(ctx context.Context, req *consentv1.ConfirmConsentCodeRequest) (*consentv1.ConfirmConsentCodeResponse, error) {
	link, err := s.deps.OpenLink(ctx, req.GetToken())
	if err != nil {
		return nil, err
	}
	device, err := deviceFrom(req.GetDevice())
	if err != nil {
		return nil, err
	}
	until, err := app.ConfirmCode{Deps: s.deps}.Do(ctx, app.Typed{Link: link, Device: device, Digits: req.GetCode()})
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.ConfirmConsentCodeResponse{RememberUntil: fields.Time(until)}, nil
}

func deviceFrom(text string) (token.Token, error) {
	device, err := token.Parse(token.Device, text)
	if err != nil {
		return token.Token{}, fault.With(fault.Invalid("device", "string.pattern"), fault.Cause(err))
	}
	return device, nil
}
