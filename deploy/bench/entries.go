package main

import (
	"context"
	"crypto/md5"
	"fmt"
	"math/rand/v2"

	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// Entry n of the large world is of account n/10 and of subject n%subjects, who
// thus reaches five accounts; its level is guest, editor or approver by turns.
const (
	entries  = 1_000_000
	accounts = entries / 10
	subjects = entries / 5
	// manyQuestions are more than any cache of a processor holds the entries of.
	manyQuestions = 50_000
	// hotQuestions are few enough for every cache.
	hotQuestions = 100
	// stranger is the distance of a subject who is of none of an account's entries.
	stranger = 100
	// shareOfYes is about how many of the questions are answered so.
	shareOfYes = 1. / 3
)

// named are ids that a statement makes as well, by md5(kind || ' ' || n)::uuid.
func named(kind string, n int) id.ID { return md5.Sum(fmt.Appendf(nil, "%s %d", kind, n)) }

// fillEntries writes the large world where the decision reads.
func fillEntries(ctx context.Context, s *stack.Stack) error {
	db := s.Database("membership")
	if err := execute(ctx, db.System, `
INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email, contact_phone, locale,
  level1_support, state, create_time)
SELECT md5('account ' || n)::uuid, 'CLIENT', 'Account ' || n, n::text, '', '', '', 'fr', false, 'ACTIVE', now()
FROM generate_series(0, $1::integer - 1) AS n`, accounts); err != nil {
		return err
	}
	if err := execute(ctx, db.System, `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
SELECT md5('entry ' || n)::uuid, md5('account ' || n / 10)::uuid, md5('subject ' || n % $2::integer)::uuid, 'MEMBERSHIP',
  jsonb_build_object('management', 2 + n % 3), 1
FROM generate_series(0, $1::integer - 1) AS n`, entries, subjects); err != nil {
		return err
	}
	return execute(ctx, db.Migrate, "VACUUM (ANALYZE) access_entry, organization")
}

// pairing asks for editor: of three right ones two are answered yes; every other
// is of a subject who has nothing to do with the account.
type pairing struct{ account, subject id.ID }

func pairings() []pairing {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]pairing, manyQuestions)
	for i := range out {
		n := rng.IntN(entries)
		out[i] = pairing{account: named("account", n/10), subject: named("subject", (n+i%2*stranger)%subjects)}
	}
	return out
}

// questions are those of the pairings.
func questions() []*membershipv1.CheckAccessRequest {
	var out []*membershipv1.CheckAccessRequest
	for _, p := range pairings() {
		out = append(out, &membershipv1.CheckAccessRequest{
			SubjectId: p.subject.Text("usr"), AccountId: p.account.Text("org"), Feature: "management/invoices", Level: authzv1.Level_LEVEL_EDITOR,
		})
	}
	return out
}
