package rpc

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/receipt"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ReceiptServer implements aval.consent.v1.ReceiptService.
type ReceiptServer struct {
	consentv1.UnimplementedReceiptServiceServer
	deps   app.Deps
	reads  postgres.Consents
	signer receipt.Signer
	frame  receipt.Frame
}

// NewReceiptServer makes the server; of the frame, the issuer and the lawful
// basis are used.
func NewReceiptServer(deps app.Deps, signer receipt.Signer, frame receipt.Frame) *ReceiptServer {
	return &ReceiptServer{deps: deps, signer: signer, frame: frame}
}

// GetReceipt answers the client's.
func (s *ReceiptServer) GetReceipt(ctx context.Context, req *consentv1.GetReceiptRequest) (*consentv1.GetReceiptResponse, error) {
	out, err := s.receipt(ctx, req.GetConsentId(), reading{find: s.reads.ByID})
	return &consentv1.GetReceiptResponse{Receipt: out}, err
}

// GetPartnerReceipt answers the partner's.
func (s *ReceiptServer) GetPartnerReceipt(ctx context.Context, req *consentv1.GetPartnerReceiptRequest) (*consentv1.GetPartnerReceiptResponse, error) {
	out, err := s.receipt(ctx, req.GetConsentId(), reading{find: s.reads.OfPartner, forPartner: true})
	return &consentv1.GetPartnerReceiptResponse{Receipt: out}, err
}

// reading is how a side finds its consent.
type reading struct {
	find       func(ctx context.Context, tx pg.Tx, side, consent id.ID) (domain.Record, error)
	forPartner bool
}

func (s *ReceiptServer) receipt(ctx context.Context, consent string, by reading) (*consentv1.Receipt, error) {
	var read fields.Reader
	named := read.ID("cns", "consent_id", consent)
	if read.Err() != nil {
		return nil, read.Err()
	}
	side := authn.FromContext(ctx).Person.OrganizationID
	r, err := pg.InTenant(ctx, s.deps.DB, side, func(ctx context.Context, tx pg.Tx) (domain.Record, error) {
		return by.find(ctx, tx, side, named)
	})
	if err == nil && r.GiveTime.IsZero() {
		err = domain.NotGiven
	}
	if err != nil {
		return nil, faultOf(err)
	}
	frame := s.frame
	frame.ForPartner, frame.Now = by.forPartner, s.deps.Clock.Now()
	signed, err := s.signer.Sign(receipt.Of(r, frame))
	return &consentv1.Receipt{Jws: signed.JWS, RecordJson: signed.JSON}, err
}

// GetReceiptKeys answers the public keys.
func (s *ReceiptServer) GetReceiptKeys(context.Context, *consentv1.GetReceiptKeysRequest) (*consentv1.GetReceiptKeysResponse, error) {
	out := &consentv1.GetReceiptKeysResponse{}
	for _, key := range s.signer.Keys().Keys {
		public, ok := key.Key.(ed25519.PublicKey)
		if !ok {
			continue
		}
		out.Keys = append(out.Keys, &consentv1.ReceiptKey{
			Kty: "OKP", Crv: "Ed25519", Kid: key.KeyID, Alg: "EdDSA", Use: "sig", X: base64.RawURLEncoding.EncodeToString(public),
		})
	}
	return out, nil
}
