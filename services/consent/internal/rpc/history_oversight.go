package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
)

// OversightServer implements aval.consent.v1.HistoryOversightService.
type OversightServer struct {
	consentv1.UnimplementedHistoryOversightServiceServer
	deps  app.Deps
	pages *page.Sealer
}

// NewOversightServer makes the server.
func NewOversightServer(deps app.Deps, pages *page.Sealer) *OversightServer {
	return &OversightServer{deps: deps, pages: pages}
}

// ReadHistory lists an account's history to the operator. Without membership's
// answer nothing is told: a look without names would be noted for nothing.
func (s *OversightServer) ReadHistory(ctx context.Context, req *consentv1.ReadHistoryRequest) (*consentv1.ReadHistoryResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	span, err := rangeFromProto(&consentv1.ListHistoryRequest{StartTime: req.GetStartTime(), EndTime: req.GetEndTime()}, asked)
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	if span.AccountID = read.ID("org", "organization_id", req.GetOrganizationId()); read.Err() != nil {
		return nil, read.Err()
	}
	look := app.ReadHistory{Deps: s.deps}
	list, err := look.Do(ctx, span, oneLine(req.GetReason()))
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(e postgres.NamedEntry) []string { return page.KeyTimeID(e.Time, e.ID) })
	if err != nil {
		return nil, err
	}
	if err := look.NameAll(ctx, list); err != nil {
		return nil, err
	}
	show := func(e postgres.NamedEntry) *consentv1.HistoryEntry { return s.entry(e, authn.FromContext(ctx).Locale) }
	return &consentv1.ReadHistoryResponse{Entries: fields.Each(list, show), NextPageToken: next}, nil
}

// entry names who acted on either side, until the term of names.
func (s *OversightServer) entry(e postgres.NamedEntry, locale string) *consentv1.HistoryEntry {
	if s.deps.Terms.Keep.Nameless(e.Entry, s.deps.Clock.Now()) {
		e.ActorName, e.SubjectName = "", ""
	}
	out := entryToProto(e, locale)
	out.ActorId, out.ActorName = e.ActorID.Text("usr"), e.ActorName
	return out
}
