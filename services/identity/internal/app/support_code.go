package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// SupportCodes makes the code with which a product fetches the first token of a
// visit, and takes it back.
type SupportCodes struct {
	DB *pg.DB
}

// MintedCode is a code, seen this once, and its end.
type MintedCode struct {
	Code       token.Token
	ExpireTime time.Time
}

// Mint makes a code that this product alone may redeem, within 60 s.
func (u SupportCodes) Mint(ctx context.Context, session id.ID, productSPIFFE string) (MintedCode, error) {
	out := MintedCode{Code: token.New(token.Support)}
	code := postgres.Code{
		ID: id.New(), Kind: token.Support, Subject: session, Binding: productSPIFFE, Life: domain.CodeLife,
	}
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		out.ExpireTime, err = postgres.InsertCode(ctx, tx, code, out.Code.Hash())
		return err
	})
	return out, err
}

// Redeem uses the code up and gives its visit. REASON_CODE_INVALID for one that
// is malformed, unknown, used, too old or another product's, which stays
// untouched.
func (u SupportCodes) Redeem(ctx context.Context, text, productSPIFFE string) (id.ID, error) {
	code, err := token.Parse(token.Support, text)
	if err != nil {
		return id.ID{}, codeInvalid(err)
	}
	session, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (id.ID, error) {
		return postgres.ConsumeCode(ctx, tx, code, productSPIFFE)
	})
	if errors.Is(err, pg.ErrNoRows) {
		return id.ID{}, codeInvalid(err)
	}
	return session, err
}

func codeInvalid(cause error) error {
	return fault.New(reasonv1.Reason_REASON_CODE_INVALID, fault.Cause(cause))
}
