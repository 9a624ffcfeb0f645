package app

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxExported bounds each list of an export.
const maxExported = 1000

// PersonData is what a sibling holds about a person.
type PersonData interface {
	Export(ctx context.Context, user id.ID) (*structpb.Struct, error)
}

// Export gathers what is stored about a person who asks for it.
type Export struct {
	DB    *pg.DB
	Clock clock.Clock
	// Siblings by the service's name.
	Siblings map[string]PersonData
}

// Do gives the data by service and when it was gathered.
func (u Export) Do(ctx context.Context, h Holder) (*structpb.Struct, time.Time, error) {
	now := u.Clock.Now()
	own, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (map[string]any, error) {
		if _, err := lockSteppedUp(ctx, tx, h, now); err != nil {
			return nil, err
		}
		return ownRecords(ctx, tx, h.UserID)
	})
	if err != nil {
		return nil, now, err
	}
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for name, sibling := range u.Siblings {
		data, err := sibling.Export(ctx, h.UserID)
		if err != nil {
			return nil, now, fmt.Errorf("asking %s for a person's data: %w", name, err)
		}
		out.Fields[name] = structpb.NewStructValue(data)
	}
	data, err := structpb.NewStruct(own)
	if err != nil {
		return nil, now, fmt.Errorf("writing a person's data: %w", err)
	}
	out.Fields["identity"] = structpb.NewStructValue(data)
	return out, now, nil
}

// ownRecords are identity's. No password and no token is among them.
func ownRecords(ctx context.Context, tx pg.Tx, user id.ID) (map[string]any, error) {
	found, err := postgres.FindUser(ctx, tx, user)
	if err != nil {
		return nil, absent(err)
	}
	sessions, err := postgres.ListAllSessions(ctx, tx, user, maxExported)
	if err != nil {
		return nil, err
	}
	changes, err := postgres.ListEmailChanges(ctx, tx, user, maxExported)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"user": map[string]any{
			"id": found.ID.Text("usr"), "email": found.Email, "locale": found.Locale, "create_time": written(found.CreateTime),
		},
		"sessions":      records(sessions, sessionRecord),
		"email_changes": records(changes, emailChangeRecord),
	}, nil
}

func records[T any](list []T, record func(T) map[string]any) []any {
	out := make([]any, len(list))
	for i, one := range list {
		out[i] = record(one)
	}
	return out
}

func sessionRecord(s domain.Session) map[string]any {
	return map[string]any{
		"id": s.ID.Text("ses"), "organization_id": optional("org", s.OrganizationID), "device": s.Device, "network": s.Network,
		"auth_time": written(s.AuthTime), "use_time": written(s.UseTime), "expire_time": written(s.ExpireTime), "end_time": written(s.EndTime),
	}
}

func emailChangeRecord(c domain.EmailChange) map[string]any {
	return map[string]any{
		"id": c.ID.Text("ech"), "old_email": c.OldEmail, "new_email": c.NewEmail, "actor_id": optional("usr", c.ActorID),
		"state": string(c.State), "create_time": written(c.CreateTime), "confirm_time": written(c.ConfirmTime),
	}
}

// written leaves an absent time empty.
func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func optional(prefix string, i id.ID) string {
	if i.IsZero() {
		return ""
	}
	return i.Text(prefix)
}
