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
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// MaxLines is how many people one file may name.
const MaxLines = 500

// linesAtOnce go in one call: each call has its own deadline, and what it did
// is done.
const linesAtOnce = 100

// Options say how a file is read.
type Options struct {
	// Features are the columns that hold levels, by path and by label.
	Features []*membershipv1.Feature
	// Zone is where a day ends.
	Zone *time.Location
}

// Line is one line of the file: a person to invite, or what is wrong.
type Line struct {
	// Number counts the file's lines from 1, the header's included.
	Number int
	Row    *membershipv1.InvitationRow
	// Field and Rule say what is wrong; empty where nothing is.
	Field, Rule string
}

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
		answer, err := c.BatchCreateInvitations(ctx, &membershipv1.BatchCreateInvitationsRequest{
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

func number(r *membershipv1.InvitationRowResult) int {
	n, err := strconv.Atoi(r.GetKey())
	if err != nil {
		return 0 // the keys are our own numbers
	}
	return n
}

func (l Line) refused(locale string) *membershipv1.InvitationRowResult {
	return &membershipv1.InvitationRowResult{
		Key: strconv.Itoa(l.Number), Outcome: membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED,
		ErrorReason: fault.Name(reasonv1.Reason_REASON_INVALID_ARGUMENT), ErrorField: l.Field, Message: fault.RuleText(l.Rule, locale),
	}
}

// plain makes a header or a word comparable: without capitals, accents, spaces
// and marks.
func plain(text string) string {
	text = strings.NewReplacer(
		"é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "ç", "c", "î", "i", "ï", "i", "ô", "o", "û", "u", "ù", "u",
	).Replace(strings.ToLower(strings.TrimSpace(text)))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '/' || r == '.' {
			return r
		}
		return -1
	}, text)
}
