package pages

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/aval-access/aval/gateway/internal/guestlist"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// maxFile bounds an uploaded list: 500 lines and their words.
const maxFile = 200 << 10

// imported is what would become of a list or, once it is carried out, what
// became of it.
type imported struct {
	Counts []string
	// Refused are the lines that are not invited, Odd those with an address to
	// look at twice (R102), by their number.
	Refused, Odd []namedLine
	// List is what is looked at before anybody is invited; empty once Done. Again
	// is one that could not be worked on, to be sent once more.
	List, Again string
	// Ready counts the lines that pressing again would invite.
	Ready int
	Done  bool
}

type namedLine struct{ Number, Text string }

// lineList is lines under a heading.
type lineList struct {
	Heading string
	Lines   []namedLine
}

// Named are the lines to look at, those that cannot be invited first.
func (i imported) Named() []lineList {
	return slices.DeleteFunc([]lineList{{"import.refused", i.Refused}, {"import.odd", i.Odd}}, func(l lineList) bool {
		return len(l.Lines) == 0
	})
}

func importPage(c *call) error { return c.showImport(form{}, imported{}) }

func (c *call) showImport(f form, data imported) error {
	return c.show(page{name: "import", title: "import.title", crumbs: []string{"menu.settings", "menu.members"}, form: f, data: data})
}

// importGuests first shows what would become of a list; confirmed, it invites
// everybody on it who can be, and names each line that could not. What was cut
// off goes on when it is pressed again: what is done does not change.
func importGuests(c *call) error {
	f := c.typed()
	data := imported{Done: f.Value("confirm") != ""}
	requestID, err := c.requestID("import")
	if err == nil {
		data.List, err = c.list()
	}
	var results []*membershipv1.InvitationRowResult
	if err == nil {
		results, err = c.inviteList(data, requestID)
	}
	if err == nil {
		return c.showImport(f, c.importedOf(data, results))
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showImport(f, imported{Again: data.List})
}

func (c *call) inviteList(in imported, requestID string) ([]*membershipv1.InvitationRowResult, error) {
	features, err := c.features()
	if err != nil {
		return nil, err
	}
	lines, err := guestlist.Read([]byte(in.List), guestlist.Options{Features: features, Zone: c.zone})
	if err != nil {
		return nil, err
	}
	return guestlist.Invite(c.ctx(), c.Clients.Invitations, guestlist.Batch{
		OrganizationID: c.org(), Lines: lines, Locale: c.lang, RequestID: requestID, ValidateOnly: !in.Done,
	})
}

// list is the text of the file that was chosen, or what was pasted.
func (c *call) list() (string, error) {
	file, _, err := c.r.FormFile("file")
	if err != nil {
		return c.r.PostForm.Get("pasted"), nil
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return "", fmt.Errorf("reading the file: %w", err)
	}
	if len(data) == 0 {
		return c.r.PostForm.Get("pasted"), nil
	}
	return guestlist.Text(data)
}

func (c *call) importedOf(in imported, results []*membershipv1.InvitationRowResult) imported {
	counted := map[membershipv1.InvitationOutcome]int{}
	out, when := in, "import.would."
	if in.Done {
		out.List, when = "", "import."
	}
	for _, one := range results {
		counted[one.GetOutcome()]++
		switch one.GetOutcome() {
		case membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED:
			out.Refused = append(out.Refused, namedLine{Number: one.GetKey(), Text: one.GetMessage()})
		case membershipv1.InvitationOutcome_INVITATION_OUTCOME_CREATED, membershipv1.InvitationOutcome_INVITATION_OUTCOME_RENEWED:
			out.Ready++
		}
		for _, warning := range one.GetInvitation().GetWarnings() {
			out.Odd = append(out.Odd, namedLine{Number: one.GetKey(), Text: warning.GetMessage()})
		}
	}
	for _, outcome := range slices.Sorted(maps.Keys(counted)) {
		out.Counts = append(out.Counts, c.count(when+outcome.String(), counted[outcome]))
	}
	return out
}
