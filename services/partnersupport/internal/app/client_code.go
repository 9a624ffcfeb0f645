package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// RenewClientCode makes the code by which partners find a client.
type RenewClientCode struct{ Deps }

// Do puts a new code in the place of the old one, which finds nobody any more.
func (u RenewClientCode) Do(ctx context.Context, in ClientIn) (*v1.RenewClientCodeResponse, error) {
	code := domain.ClientCode{
		ClientID: in.Client, Code: domain.NewCode(u.NewID()), ActorID: in.Actor, CreateTime: u.Clock.Now(),
	}
	return pg.InTenant(ctx, u.DB, in.Client, func(ctx context.Context, tx pg.Tx) (*v1.RenewClientCodeResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.RenewClientCodeResponse, error) {
			return &v1.RenewClientCodeResponse{ClientCode: contract.ClientCodeToProto(code)}, postgres.SaveClientCode(ctx, tx, code)
		})
	})
}
