package pages

import (
	"fmt"
	"io"

	"github.com/aval-access/aval/gateway/internal/guestlist"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// maxFile bounds an uploaded list: 500 lines and their words.
const maxFile = 200 << 10

// imported is what became of a list.
type imported struct {
	Counts []string
	// Refused are the lines that were not invited, by their number.
	Refused []refusedLine
	Done    bool
}

type refusedLine struct{ Number, Text string }

func importPage(c *call) error { return c.showImport(form{}, imported{}) }

func (c *call) showImport(f form, data imported) error {
	return c.show(page{name: "import", title: "import.title", crumbs: []string{"menu.settings", "menu.members"}, form: f, data: data})
}

// importGuests invites everybody on a list and names each line that could not
// be. The answer stands on the page itself: sending the list again changes
// nothing.
func importGuests(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("import")
	var results []*membershipv1.InvitationRowResult
	if err == nil {
		results, err = c.inviteList(requestID)
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showImport(f, imported{})
	}
	return c.showImport(f, c.importedOf(results))
}

func (c *call) inviteList(requestID string) ([]*membershipv1.InvitationRowResult, error) {
	features, err := c.features()
	if err != nil {
		return nil, err
	}
	data, err := c.list()
	if err != nil {
		return nil, err
	}
	lines, err := guestlist.Read(data, guestlist.Options{Features: features, Zone: c.zone})
	if err != nil {
		return nil, err
	}
	return guestlist.Invite(c.ctx(), c.Clients.Invitations, guestlist.Batch{
		OrganizationID: c.org(), Lines: lines, Locale: c.lang, RequestID: requestID,
	})
}

// list is the file that was chosen, or what was pasted.
func (c *call) list() ([]byte, error) {
	file, _, err := c.r.FormFile("file")
	if err != nil {
		return []byte(c.r.PostForm.Get("pasted")), nil
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if len(data) == 0 {
		return []byte(c.r.PostForm.Get("pasted")), nil
	}
	return data, nil
}

func (c *call) importedOf(results []*membershipv1.InvitationRowResult) imported {
	counted := map[membershipv1.InvitationOutcome]int{}
	out := imported{Done: true}
	for _, one := range results {
		counted[one.GetOutcome()]++
		if one.GetOutcome() == membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED {
			out.Refused = append(out.Refused, refusedLine{Number: one.GetKey(), Text: one.GetMessage()})
		}
	}
	for number := range membershipv1.InvitationOutcome_name {
		outcome := membershipv1.InvitationOutcome(number)
		if counted[outcome] > 0 {
			out.Counts = append(out.Counts, c.count("import."+outcome.String(), counted[outcome]))
		}
	}
	return out
}
