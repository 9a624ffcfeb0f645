package rpc

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

// LedgerServer implements aval.consent.v1.LedgerService.
type LedgerServer struct {
	consentv1.UnimplementedLedgerServiceServer
	deps    app.Deps
	reads   postgres.Ledger
	pages   *page.Sealer
	history *HistoryServer
	keys    []string
}

// NewLedgerServer makes the server.
func NewLedgerServer(deps app.Deps, pages *page.Sealer, signer *ledger.Signer) *LedgerServer {
	return &LedgerServer{deps: deps, pages: pages, history: NewHistoryServer(deps, pages), keys: signer.VerifierKeys()}
}

// GetCheckpoint answers a signed state of the tree.
func (s *LedgerServer) GetCheckpoint(ctx context.Context, req *consentv1.GetCheckpointRequest) (*consentv1.GetCheckpointResponse, error) {
	var signed postgres.SignedTree
	err := s.deps.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		signed, err = s.signed(ctx, tx, req.GetTreeSize())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &consentv1.GetCheckpointResponse{Checkpoint: checkpointToProto(signed), VerifierKeys: s.keys}, nil
}

// signed is the largest checkpoint up to a size, 0 meaning any.
func (s *LedgerServer) signed(ctx context.Context, tx pg.Tx, size int64) (postgres.SignedTree, error) {
	signed, ok, err := s.reads.Checkpoint(ctx, tx, size)
	if err == nil && !ok {
		err = fault.NotFound()
	}
	return signed, err
}

// GetConsistencyProof proves that one state goes on from another. No proof is
// given of more than was signed.
func (s *LedgerServer) GetConsistencyProof(ctx context.Context, req *consentv1.GetConsistencyProofRequest) (*consentv1.GetConsistencyProofResponse, error) {
	out := &consentv1.GetConsistencyProofResponse{FirstSize: req.GetFirstSize(), SecondSize: req.GetSecondSize()}
	err := s.deps.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		newest, err := s.signed(ctx, tx, 0)
		if err != nil {
			return err
		}
		if out.SecondSize == 0 {
			out.SecondSize = newest.Size
		}
		if out.GetSecondSize() > newest.Size {
			return fault.Invalid("second_size", "int64.lte")
		}
		if out.GetFirstSize() > out.GetSecondSize() {
			return fault.Invalid("first_size", "int64.lte")
		}
		proof, err := tlog.ProveTree(out.GetSecondSize(), out.GetFirstSize(), s.reads.Hashes(ctx, tx))
		if err != nil {
			return fmt.Errorf("proving consistency: %w", err)
		}
		out.Proof = hashesToProto(proof)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// GetInclusionProof proves one entry of the caller's organisation. Within the
// minute until the next checkpoint it is not found.
func (s *LedgerServer) GetInclusionProof(ctx context.Context, req *consentv1.GetInclusionProofRequest) (*consentv1.GetInclusionProofResponse, error) {
	var read fields.Reader
	asked := postgres.LedgerRange{RecordID: read.ID("act", "entry_id", req.GetEntryId()), After: -1, Limit: 1}
	if read.Err() != nil {
		return nil, read.Err()
	}
	found, err := s.prove(ctx, asked)
	if err != nil {
		return nil, err
	}
	if len(found.rows) == 0 {
		return nil, fault.NotFound()
	}
	entries, err := s.entries(ctx, found)
	if err != nil {
		return nil, err
	}
	return &consentv1.GetInclusionProofResponse{
		Entry: entries[0], Checkpoint: checkpointToProto(found.signed), VerifierKeys: s.keys,
	}, nil
}

// proven are rows of the ledger with their proofs.
type proven struct {
	signed postgres.SignedTree
	rows   []postgres.LedgerRow
	proofs []tlog.RecordProof
}

// prove reads rows and proves them against the largest checkpoint up to the
// range's size, 0 meaning the newest.
func (s *LedgerServer) prove(ctx context.Context, asked postgres.LedgerRange) (proven, error) {
	var out proven
	err := s.deps.DB.InTenant(ctx, authn.FromContext(ctx).Person.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		if out.signed, err = s.signed(ctx, tx, asked.Size); err != nil {
			return err
		}
		asked.Size = out.signed.Size
		if out.rows, err = s.reads.List(ctx, tx, asked); err != nil {
			return err
		}
		tree := ledger.Grow(asked.Size, s.reads.Hashes(ctx, tx))
		out.proofs, err = tree.Prove(asked.Size, placesOf(out.rows))
		return err
	})
	return out, err
}

func placesOf(rows []postgres.LedgerRow) []int64 {
	return fields.Each(rows, func(r postgres.LedgerRow) int64 { return r.Sequence })
}

func checkpointToProto(s postgres.SignedTree) *consentv1.LedgerCheckpoint {
	return &consentv1.LedgerCheckpoint{
		TreeSize: s.Size, RootHash: s.Root[:], Note: s.Note, SignTime: timestamppb.New(s.SignTime),
	}
}

func hashesToProto(hashes []tlog.Hash) [][]byte {
	return fields.Each(hashes, func(h tlog.Hash) []byte { return h[:] })
}
