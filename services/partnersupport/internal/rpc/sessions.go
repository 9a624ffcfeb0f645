package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

type sessions struct {
	v1.UnimplementedSupportSessionServiceServer
	base
}

// ListSupportSessions shows administrators all visits, and everybody else
// their own.
func (s sessions) ListSupportSessions(ctx context.Context, req *v1.ListSupportSessionsRequest) (*v1.ListSupportSessionsResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	list, err := s.sessionList(ctx, req, asked)
	if err != nil {
		return nil, err
	}
	rows, err := pg.InTenant(ctx, s.DB, list.Partner, func(ctx context.Context, tx pg.Tx) ([]postgres.SessionView, error) {
		return postgres.Sessions(ctx, tx, list)
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(x postgres.SessionView) []string { return page.KeyID(x.ID) })
	return &v1.ListSupportSessionsResponse{
		SupportSessions: fields.Each(rows, contract.SessionViewToProto), NextPageToken: next,
	}, err
}

func (s sessions) sessionList(ctx context.Context, req *v1.ListSupportSessionsRequest, asked page.List) (l postgres.SessionList, err error) {
	person := *authn.FromContext(ctx).Person
	var read fields.Reader
	l = postgres.SessionList{
		Partner: person.OrganizationID, Dossier: read.Optional(contract.Dossier, "dossier_id", req.GetDossierId()), Limit: asked.Limit(),
	}
	if read.Err() != nil {
		return l, read.Err()
	}
	if l.Before, err = asked.AfterID(); err != nil {
		return l, err
	}
	if req.GetLive() {
		now := s.Clock.Now()
		l.Live = &now
	}
	all, err := s.seesAll(ctx, person)
	if !all {
		l.User = person.UserID
	}
	return l, err
}

func (s sessions) EndSupportSession(ctx context.Context, req *v1.EndSupportSessionRequest) (*v1.EndSupportSessionResponse, error) {
	session, err := sessionID(req.GetSupportSessionId())
	if err != nil {
		return nil, err
	}
	person := authn.FromContext(ctx).Person
	ended, err := answer(app.EndVisit{Deps: s.Deps}.Do(ctx, person.OrganizationID, person.UserID, session))
	if err != nil {
		return nil, err
	}
	return &v1.EndSupportSessionResponse{SupportSession: contract.SessionToProto(ended)}, nil
}

func (s sessions) StopSupportSession(ctx context.Context, req *v1.StopSupportSessionRequest) (*v1.StopSupportSessionResponse, error) {
	session, err := sessionID(req.GetSupportSessionId())
	if err != nil {
		return nil, err
	}
	ended, err := answer(app.StopVisit{Deps: s.Deps}.Do(ctx, session, authn.FromContext(ctx).SPIFFE))
	if err != nil {
		return nil, err
	}
	return &v1.StopSupportSessionResponse{SupportSession: contract.SessionToProto(ended)}, nil
}

func (s sessions) CheckSession(ctx context.Context, req *v1.CheckSessionRequest) (*v1.CheckSessionResponse, error) {
	session, err := sessionID(req.GetSupportSessionId())
	if err != nil {
		return nil, err
	}
	d, err := answer(app.CheckSession{Deps: s.Deps}.Do(ctx, session, req.GetProductSpiffeId()))
	if err != nil {
		return nil, err
	}
	return contract.CheckedSession(d), nil
}

func sessionID(text string) (id.ID, error) {
	var read fields.Reader
	session := read.ID(contract.Session, "support_session_id", text)
	return session, read.Err()
}
