// Package guestlist reads a list of people to invite from a CSV file, as
// spreadsheets write them, and invites them: each line by itself, and every
// line that is refused named by its number. What an invitation is, is
// membership's.
package guestlist

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// MaxLines is how many people one file may name.
const MaxLines = 500

// linesAtOnce go in one call: each call has its own deadline, which a busy
// machine keeps too, and what it did is done.
const linesAtOnce = 25

// triesAtPart bounds how often a part is sent that no answer comes to.
const triesAtPart = 3

// Batch is a file to be carried out.
type Batch struct {
	OrganizationID string
	ValidDays      int32
	ValidateOnly   bool
	RequestID      string
	Lines          []Line
	Locale         string
}

// Invite sends the good lines and answers one result per line, in their order;
// a line's number is its key. Sending the same file again changes nothing.
func Invite(ctx context.Context, c membershipv1.InvitationServiceClient, b Batch) ([]*membershipv1.InvitationRowResult, error) {
	var out []*membershipv1.InvitationRowResult
	var rows []*membershipv1.InvitationRow
	for _, line := range b.Lines {
		if line.Rule != "" {
			out = append(out, line.refused(b.Locale))
			continue
		}
		line.Row.Key = strconv.Itoa(line.Number)
		rows = append(rows, line.Row)
	}
	for part := range slices.Chunk(rows, linesAtOnce) {
		answer, err := sent(ctx, c, &membershipv1.BatchCreateInvitationsRequest{
			OrganizationId: b.OrganizationID, Rows: part, ValidDays: b.ValidDays, ValidateOnly: b.ValidateOnly, RequestId: b.RequestID,
		})
		if err != nil {
			return nil, fmt.Errorf("inviting many: %w", err)
		}
		out = append(out, answer.GetResults()...)
	}
	slices.SortStableFunc(out, func(a, b *membershipv1.InvitationRowResult) int { return number(a) - number(b) })
	return out, nil
}

// sent calls again when no answer came in time: what the first call did is done.
func sent(
	ctx context.Context, c membershipv1.InvitationServiceClient, part *membershipv1.BatchCreateInvitationsRequest,
) (*membershipv1.BatchCreateInvitationsResponse, error) {
	for tries := 1; ; tries++ {
		answer, err := c.BatchCreateInvitations(ctx, part)
		late := status.Code(err) == codes.DeadlineExceeded || status.Code(err) == codes.Unavailable
		if !late || tries == triesAtPart || ctx.Err() != nil {
			return answer, err
		}
	}
}

func number(r *membershipv1.InvitationRowResult) int {
	n, err := strconv.Atoi(r.GetKey())
	if err != nil {
		return 0 // the keys are our own numbers
	}
	return n
}
