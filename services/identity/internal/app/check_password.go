package app

import (
	"context"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/device"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// CheckPassword compares what was typed with a person's password. The try is
// counted first, under the address or, on a device that the person is known
// by, under the device.
type CheckPassword struct {
	Hasher  *credential.Hasher
	Limits  limit.Limits
	Devices *device.Sealer
}

// Try is what was typed, and where.
type Try struct {
	// Key is the address's, whether anybody has it or not.
	Key string
	// Account is empty where nobody has it.
	Account  postgres.Account
	Password string
	Origin   domain.Origin
}

// Proven is a try that matched.
type Proven struct {
	who    limit.Who
	device id.ID
	// Stale asks to hash the password again.
	Stale bool
}

// Do answers REASON_CREDENTIALS_REFUSED alike, and as late, for a wrong password
// and for nobody's; REASON_TOO_MANY_ATTEMPTS without having compared.
func (u CheckPassword) Do(ctx context.Context, in Try) (Proven, error) {
	p := u.identify(in)
	if err := u.reserve(ctx, p); err != nil {
		return Proven{}, err
	}
	result, err := u.Hasher.Verify(ctx, in.Account.Hash, in.Password)
	if err != nil {
		return Proven{}, err
	}
	if !result.Match {
		return Proven{}, fault.New(reasonv1.Reason_REASON_CREDENTIALS_REFUSED)
	}
	p.Stale = result.Stale
	return p, nil
}

// identify says whom a try is counted for.
func (u CheckPassword) identify(in Try) Proven {
	p := Proven{who: limit.Who{Account: "address " + in.Key, Source: in.Origin.Source}}
	if p.device = u.Devices.Open(in.Account.User.ID, in.Origin.DeviceToken); !p.device.IsZero() {
		p.who.Account = "device " + p.device.String()
	}
	return p
}

// reserve counts a try before it is verified.
func (u CheckPassword) reserve(ctx context.Context, p Proven) error {
	return u.Limits.Reserve(ctx, limit.SignIn, p.who)
}

// Forgive takes the tries back, once the person has proved who they are by
// every factor that they have.
func (u CheckPassword) Forgive(ctx context.Context, tx pg.Tx, p Proven) error {
	return u.Limits.Forgive(ctx, tx, limit.SignIn, p.who)
}

// Known gives the token by which the browser is known from now on; not before
// every factor is proven.
func (u CheckPassword) Known(user id.ID, p Proven) (string, error) {
	if p.device.IsZero() {
		p.device = id.New()
	}
	return u.Devices.Make(user, p.device)
}
