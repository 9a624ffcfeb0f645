package app

import (
	"context"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Profile is what a person says of themself; a nil field stays.
type Profile struct {
	UserID id.ID
	Locale *string
	// ETag is that of the person as they were read; empty for none.
	ETag string
}

// UpdateMe changes a person's profile, in the caller's transaction.
// REASON_ETAG_MISMATCH when it changed since it was read.
func UpdateMe(ctx context.Context, tx pg.Tx, in Profile) (domain.User, error) {
	if err := postgres.LockUser(ctx, tx, in.UserID); err != nil {
		return domain.User{}, absent(err)
	}
	user, err := postgres.FindUser(ctx, tx, in.UserID)
	if err != nil {
		return domain.User{}, absent(err)
	}
	if in.ETag != "" && in.ETag != user.ETag() {
		return domain.User{}, fault.New(reasonv1.Reason_REASON_ETAG_MISMATCH)
	}
	if in.Locale == nil || *in.Locale == user.Locale {
		return user, nil
	}
	user.Locale = *in.Locale
	if err := postgres.ChangeLocale(ctx, tx, in.UserID, user.Locale); err != nil {
		return domain.User{}, err
	}
	return user, tell(ctx, tx, user.ID, &identityv1.UserLocaleChanged{UserId: user.ID.Text("usr"), Locale: user.Locale})
}
