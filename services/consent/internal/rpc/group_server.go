package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
)

// GroupServer implements aval.consent.v1.RequestGroupService.
type GroupServer struct {
	consentv1.UnimplementedRequestGroupServiceServer
	deps app.Deps
}

// NewGroupServer makes the server.
func NewGroupServer(deps app.Deps) *GroupServer { return &GroupServer{deps: deps} }

// LookupRequestGroup answers the requests behind a link.
func (s *GroupServer) LookupRequestGroup(ctx context.Context, req *consentv1.LookupRequestGroupRequest) (*consentv1.LookupRequestGroupResponse, error) {
	link, err := s.deps.OpenLink(ctx, req.GetToken())
	if err == nil && link.DepartureID.IsZero() {
		err = fault.New(reasonv1.Reason_REASON_LINK_INVALID)
	}
	if err != nil {
		return nil, err
	}
	shown, err := app.ShowGroup{Deps: s.deps}.Do(ctx, link)
	if err != nil {
		return nil, faultOf(err)
	}
	locale := firstOf(req.GetLocale(), link.Locale)
	return &consentv1.LookupRequestGroupResponse{
		RecipientGivenName: link.GivenName, Locale: locale,
		Requests: fields.Each(shown, func(one app.Shown) *consentv1.GroupedRequest {
			return &consentv1.GroupedRequest{
				Consent: consentToProto(one.Record, one.Now), Text: textToProto(one.Text(locale)),
				MaxDuration: durationToProto(one.Longest), ClientName: one.Record.ClientName,
			}
		}),
	}, nil
}
