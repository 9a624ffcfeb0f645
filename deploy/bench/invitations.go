package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	importRounds = 3
	importRows   = 500
)

// imports measures lists of 500 people, each invited by itself, one call after
// the other, an organisation a list: none may invite more than 1,000 in a day.
// The mails follow behind.
func imports(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	return play(s, overGRPC, func(w journey.World) error {
		var rates []float64
		for round := range importRounds {
			client, err := w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
				Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
				Identification: &membershipv1.Identification{LegalName: "Imports"}, OwnerEmail: fmt.Sprintf("imports%d@bench.example", round),
			})
			if err != nil {
				return err
			}
			rate, err := oneImport(ctx, client, round)
			if err != nil {
				return fmt.Errorf("importing a list: %w", err)
			}
			rates = append(rates, rate)
		}
		figure(out, "invite_import_rows_per_s", median(rates), "rows/s")
		return nil
	})
}

func oneImport(ctx context.Context, client journey.Organization, round int) (float64, error) {
	in := &membershipv1.BatchCreateInvitationsRequest{OrganizationId: client.ID, RequestId: fmt.Sprint("import ", round)}
	for n := range importRows {
		in.Rows = append(in.Rows, &membershipv1.InvitationRow{Email: fmt.Sprintf("guest%d.%d@bench.example", round, n)})
	}
	began := time.Now()
	invitations := membershipv1.NewInvitationServiceClient(client.Owner)
	answer, err := invitations.BatchCreateInvitations(ctx, in)
	for fault.Is(err, reasonv1.Reason_REASON_DEADLINE_EXCEEDED) || fault.Is(err, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT) {
		answer, err = invitations.BatchCreateInvitations(ctx, in) // goes on where it was cut off
	}
	if err != nil {
		return 0, err
	}
	for _, result := range answer.GetResults() {
		if result.GetOutcome() != membershipv1.InvitationOutcome_INVITATION_OUTCOME_CREATED {
			return 0, fmt.Errorf("row %s: %s", result.GetKey(), result.GetMessage())
		}
	}
	return importRows / time.Since(began).Seconds(), nil
}
