package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
)

// BlockServer implements aval.consent.v1.PartnerBlockService.
type BlockServer struct {
	consentv1.UnimplementedPartnerBlockServiceServer
	deps  app.Deps
	reads postgres.Blocks
	pages *page.Sealer
}

// NewBlockServer makes the server.
func NewBlockServer(deps app.Deps, pages *page.Sealer) *BlockServer {
	return &BlockServer{deps: deps, pages: pages}
}

// BlockPartner reports a partner and keeps it from asking.
func (s *BlockServer) BlockPartner(ctx context.Context, req *consentv1.BlockPartnerRequest) (*consentv1.BlockPartnerResponse, error) {
	b, err := blockingOf(ctx, req)
	if err != nil {
		return nil, err
	}
	b.Reason = req.GetReason()
	b.Key = idempotency.KeyOf(ctx, consentv1.PartnerBlockService_BlockPartner_FullMethodName, req)
	n, err := app.BlockPartner{Deps: s.deps}.Do(ctx, b)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.BlockPartnerResponse{RequestsCancelled: int32(n)}, nil
}

// UnblockPartner lets a partner ask again.
func (s *BlockServer) UnblockPartner(ctx context.Context, req *consentv1.UnblockPartnerRequest) (*consentv1.UnblockPartnerResponse, error) {
	b, err := blockingOf(ctx, req)
	if err != nil {
		return nil, err
	}
	b.Key = idempotency.KeyOf(ctx, consentv1.PartnerBlockService_UnblockPartner_FullMethodName, req)
	return &consentv1.UnblockPartnerResponse{}, app.UnblockPartner{Deps: s.deps}.Do(ctx, b)
}

// blockingOf reads both sides, and who acts.
func blockingOf(ctx context.Context, req interface{ GetPartnerId() string }) (app.Blocking, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	b := app.Blocking{
		ClientID:  person.OrganizationID,
		PartnerID: read.ID("org", "partner_id", req.GetPartnerId()),
		Actor:     domain.Actor{Party: domain.ByClient, ID: person.UserID, Name: person.Name},
	}
	return b, read.Err()
}

// ListPartnerBlocks lists the partners that are blocked now, newest first.
func (s *BlockServer) ListPartnerBlocks(ctx context.Context, req *consentv1.ListPartnerBlocksRequest) (*consentv1.ListPartnerBlocksResponse, error) {
	client := authn.FromContext(ctx).Person.OrganizationID
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	listing := postgres.Blocked{ClientID: client, Limit: asked.Limit()}
	if listing.Before, listing.BeforeID, err = asked.AfterTimeID(); err != nil {
		return nil, err
	}
	list, err := pg.InTenant(ctx, s.deps.DB, client, func(ctx context.Context, tx pg.Tx) ([]domain.Block, error) {
		return s.reads.List(ctx, tx, listing)
	})
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(b domain.Block) []string { return page.KeyTimeID(b.Time, b.ID) })
	if err != nil {
		return nil, err
	}
	return &consentv1.ListPartnerBlocksResponse{Blocks: fields.Each(list, blockToProto), NextPageToken: next}, nil
}

func blockToProto(b domain.Block) *consentv1.PartnerBlock {
	return &consentv1.PartnerBlock{
		PartnerId: b.PartnerID.Text("org"), PartnerName: b.PartnerName, ActorName: b.Actor.Name,
		Reason: b.Reason, BlockTime: timestamppb.New(b.Time),
	}
}
