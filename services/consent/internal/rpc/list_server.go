package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
)

// ListConsents lists requests and accesses of the caller's organisation as a
// client, newest first (R129).
func (s *ConsentServer) ListConsents(ctx context.Context, req *consentv1.ListConsentsRequest) (*consentv1.ListConsentsResponse, error) {
	person := authn.FromContext(ctx).Person
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	listing := postgres.Listing{
		ClientID: person.OrganizationID, States: statesFromProto(req.GetStates()),
		Now: s.deps.Clock.Now(), Limit: asked.Limit(),
	}
	if listing.After, err = asked.AfterID(); err != nil {
		return nil, err
	}
	list, err := pg.InTenant(ctx, s.deps.DB, person.OrganizationID, func(ctx context.Context, tx pg.Tx) ([]domain.Record, error) {
		return s.reads.List(ctx, tx, listing)
	})
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(r domain.Record) []string { return page.KeyID(r.ID) })
	if err != nil {
		return nil, err
	}
	out := &consentv1.ListConsentsResponse{NextPageToken: next}
	for _, r := range list {
		out.Consents = append(out.Consents, consentToProto(r, listing.Now))
	}
	return out, nil
}

// GetConsent answers one consent with its timeline.
func (s *ConsentServer) GetConsent(ctx context.Context, req *consentv1.GetConsentRequest) (*consentv1.GetConsentResponse, error) {
	client := authn.FromContext(ctx).Person.OrganizationID
	var read fields.Reader
	consent := read.ID("cns", "consent_id", req.GetConsentId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	var r domain.Record
	var steps []domain.Step
	err := s.deps.DB.InTenant(ctx, client, func(ctx context.Context, tx pg.Tx) (err error) {
		if r, err = s.reads.ByID(ctx, tx, client, consent); err != nil {
			return err
		}
		steps, err = s.reads.Timeline(ctx, tx, client, consent)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := consentToProto(r, s.deps.Clock.Now())
	out.Timeline = timelineToProto(steps, r)
	return &consentv1.GetConsentResponse{Consent: out}, nil
}

func statesFromProto(states []consentv1.ConsentState) []domain.State {
	var out []domain.State
	for _, state := range states {
		if word := fields.Word(state, "CONSENT_STATE_"); word != "" {
			out = append(out, domain.State(word))
		}
	}
	return out
}
