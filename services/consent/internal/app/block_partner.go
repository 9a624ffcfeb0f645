package app

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// BlockPartner reports a partner and keeps it from asking.
type BlockPartner struct{ Deps }

// Blocking names both sides, who blocks, and why.
type Blocking struct {
	ClientID, PartnerID id.ID
	Actor               domain.Actor
	Reason              string
	Key                 idempotency.Key
}

// Do gives how many open requests were put aside.
func (u BlockPartner) Do(ctx context.Context, b Blocking) (int, error) {
	done, err := pg.InTenant(ctx, u.DB, b.ClientID, func(ctx context.Context, tx pg.Tx) (*consentv1.BlockPartnerResponse, error) {
		return idempotency.Do(ctx, tx, b.Key, func() (*consentv1.BlockPartnerResponse, error) {
			n, err := u.block(ctx, tx, b)
			return &consentv1.BlockPartnerResponse{RequestsCancelled: int32(n)}, err
		})
	})
	return int(done.GetRequestsCancelled()), err
}

// block stores the block and puts aside what waits.
func (d Deps) block(ctx context.Context, tx pg.Tx, b Blocking) (int, error) {
	last, err := d.consents.NewestOf(ctx, tx, b.ClientID, b.PartnerID)
	if err != nil {
		return 0, err
	}
	before, err := d.blocks.Lock(ctx, tx, b.ClientID, b.PartnerID)
	if err != nil {
		return 0, err
	}
	if before.ID.IsZero() {
		before.ID, before.ClientID, before.PartnerID = id.New(), b.ClientID, b.PartnerID
	}
	now := d.Clock.Now()
	block := before.Begin(b.Actor, b.Reason, now)
	if block.Version == before.Version {
		return 0, nil
	}
	block.PartnerName = last.Partner.LegalName
	if err := d.blocks.Save(ctx, tx, block); err != nil {
		return 0, err
	}
	err = d.tellBlock(ctx, tx, block, &consentv1.PartnerBlocked{
		ClientId: b.ClientID.Text("org"), PartnerId: b.PartnerID.Text("org"), ActorId: b.Actor.ID.Text("usr"), Reason: b.Reason,
	})
	if err != nil {
		return 0, err
	}
	// Who is in stays in until they are stopped; nobody else of the team comes.
	if err := d.consents.EndTeams(ctx, tx, postgres.Teams{ClientID: b.ClientID, PartnerID: b.PartnerID}, now); err != nil {
		return 0, err
	}
	return d.putAside(ctx, tx, b)
}

// putAside cancels what the partner asked and nobody answered.
func (d Deps) putAside(ctx context.Context, tx pg.Tx, b Blocking) (int, error) {
	count := 0
	for {
		open, err := d.consents.LockAsked(ctx, tx, b.ClientID, b.PartnerID)
		if err != nil || len(open) == 0 {
			return count, err
		}
		cancelled, err := d.stop(ctx, tx, always(b.Actor), open)
		if err != nil {
			return 0, err
		}
		count += cancelled
	}
}

func (d Deps) tellBlock(ctx context.Context, tx pg.Tx, b domain.Block, message proto.Message) error {
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "partner_block", AggregateID: b.ID, Version: b.Version, Tenant: b.ClientID, Message: message,
	})
}

// UnblockPartner lets a partner ask again.
type UnblockPartner struct{ Deps }

// Do changes nothing for a partner that is not blocked.
func (u UnblockPartner) Do(ctx context.Context, b Blocking) error {
	return u.DB.InTenant(ctx, b.ClientID, func(ctx context.Context, tx pg.Tx) error {
		_, err := idempotency.Do(ctx, tx, b.Key, func() (*emptypb.Empty, error) {
			return &emptypb.Empty{}, u.unblock(ctx, tx, b)
		})
		return err
	})
}

func (u UnblockPartner) unblock(ctx context.Context, tx pg.Tx, b Blocking) error {
	block, err := u.blocks.Lock(ctx, tx, b.ClientID, b.PartnerID)
	if err != nil || !block.Stands() {
		return err
	}
	block = block.End(u.Clock.Now())
	if err := u.blocks.Save(ctx, tx, block); err != nil {
		return err
	}
	return u.tellBlock(ctx, tx, block, &consentv1.PartnerUnblocked{
		ClientId: b.ClientID.Text("org"), PartnerId: b.PartnerID.Text("org"), ActorId: b.Actor.ID.Text("usr"),
	})
}
