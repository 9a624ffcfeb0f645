package app

import (
	"context"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// reachNobody raises the alarm for a request that no mail can leave for: the
// partner is told, and the line in the log is the operator's.
func (d Deps) reachNobody(ctx context.Context, r domain.Record) error {
	d.Log.ErrorContext(ctx, "request_reaches_nobody", "consent", r.ID.Text("cns"), "client", r.ClientID.Text("org"))
	return d.note(ctx, timer{r.ClientID, r.ID, domain.Requested}, func(_ context.Context, _ pg.Tx, r domain.Record) (proto.Message, error) {
		return &consentv1.ConsentUnreachable{Consent: refOf(r, id.ID{})}, nil
	})
}

// NobodyToAsk tells whether a request waits at a client that has nobody who
// could answer it.
func (u Remind) NobodyToAsk(ctx context.Context, partner id.ID, out Reminded) (bool, error) {
	if out.State != domain.Requested {
		return false, nil
	}
	approvers, err := u.Siblings.Approvers(ctx, out.ClientID, partner)
	return len(approvers) == 0, err
}
