package app

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// codeOfCall writes the digits to whoever typed a number, if the address that
// they typed is an approver's; to the stored address, and to nobody else.
func (u PrepareMail) codeOfCall(ctx context.Context, r domain.Record, sent *consentv1.ConsentCodeSent) ([]Mail, error) {
	named, err := id.Parse("cod", sent.GetCodeId())
	if err != nil {
		return nil, err
	}
	call, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (domain.Call, error) {
		return u.numbers.Call(ctx, tx, named)
	})
	if err != nil || !u.Clock.Now().Before(call.ExpireTime) {
		return nil, err
	}
	who, err := u.callerOf(ctx, r, call)
	if err != nil || who.UserID.IsZero() {
		return nil, err
	}
	mail := mailTo(who, r, mailCode)
	mail.Variables["code"] = u.Digits.Digits(call.ID)
	return []Mail{mail}, nil
}
