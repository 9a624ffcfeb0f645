package pages

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aval-access/aval/gateway/internal/historycsv"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// story is the history in sentences, a day after the other (R110).
type story struct {
	Days     []storyDay
	People   []person
	Kinds    []string
	Features []*membershipv1.Feature
	// File is the address of the same as CSV.
	File string
	// Proven are the addresses of what the ledger holds of the same days, with
	// proofs: as JSON, and as a table.
	Proven, ProvenTable string
	// Filtered says that not everything is shown.
	Filtered bool
	Next     string
}

type storyDay struct {
	Date    string
	Entries []storyEntry
}

type storyEntry struct {
	At       time.Time
	Clock    string
	Sentence string
	// For names the partner acted for, where the sentence does not.
	For string
}

// person is a choice of the filter.
type person struct {
	ID, Name string
	Picked   bool
}

func historyPage(c *call) error {
	query := c.r.URL.Query()
	answer, err := c.Clients.History.ListHistory(c.ctx(), c.historyRequest(query))
	if err != nil {
		return fmt.Errorf("listing the history: %w", err)
	}
	people, err := c.people(answer.GetEntries(), query.Get("actor"))
	if err != nil {
		return err
	}
	data := story{
		Days: c.days(answer.GetEntries()), People: people, Next: nextPage(query, answer.GetNextPageToken()),
		Filtered: query.Get("actor")+query.Get("from")+query.Get("to")+query.Get("kind")+query.Get("feature") != "",
	}
	if data.Features, err = c.features(); err != nil {
		return err
	}
	for _, kind := range historyKinds() {
		data.Kinds = append(data.Kinds, kind.String())
	}
	query.Del("page")
	data.File = "/history.csv?" + query.Encode()
	days := url.Values{"from": {query.Get("from")}, "to": {query.Get("to")}}.Encode()
	data.Proven, data.ProvenTable = "/history.json?"+days, "/history/proofs.csv?"+days
	return c.show(page{
		name: "history", title: "menu.history", crumbs: []string{"menu.more"}, form: form{values: query}, data: data,
	})
}

// historyRequest asks for what the filter says.
func (c *call) historyRequest(query url.Values) *consentv1.ListHistoryRequest {
	return &consentv1.ListHistoryRequest{
		OrganizationId: c.org(), ActorId: query.Get("actor"), PageToken: query.Get("page"),
		StartTime: c.dayStart(query.Get("from"), 0), EndTime: c.dayStart(query.Get("to"), 1),
		Feature: query.Get("feature"), Kind: consentv1.HistoryKind(consentv1.HistoryKind_value[query.Get("kind")]),
	}
}

func historyKinds() []consentv1.HistoryKind {
	return []consentv1.HistoryKind{
		consentv1.HistoryKind_HISTORY_KIND_MEMBERS, consentv1.HistoryKind_HISTORY_KIND_INVITATIONS,
		consentv1.HistoryKind_HISTORY_KIND_ASSISTANCE, consentv1.HistoryKind_HISTORY_KIND_PRODUCTS,
		consentv1.HistoryKind_HISTORY_KIND_ORGANIZATION,
	}
}

// historyFile is the same list as CSV, all pages of it.
func historyFile(c *call) error {
	request := c.historyRequest(c.r.URL.Query())
	return historycsv.Write(c.w, func(pageToken string) (*consentv1.ListHistoryResponse, error) {
		request.PageToken, request.PageSize = pageToken, 200
		return c.Clients.History.ListHistory(c.ctx(), request)
	})
}

// nextPage is the address of the next page under the same filter; "" on the
// last.
func nextPage(query url.Values, token string) string {
	if token == "" {
		return ""
	}
	query.Set("page", token)
	query.Del("lang")
	return "?" + query.Encode()
}

func (c *call) days(entries []*consentv1.HistoryEntry) []storyDay {
	var out []storyDay
	for _, entry := range entries {
		at := entry.GetTime().AsTime()
		date := c.date(at)
		if len(out) == 0 || out[len(out)-1].Date != date {
			out = append(out, storyDay{Date: date})
		}
		last := &out[len(out)-1]
		next := storyEntry{
			At: at, Clock: c.clockTime(at), Sentence: entry.GetSentence(),
		}
		if partner := entry.GetActingForName(); !strings.Contains(next.Sentence, partner) {
			next.For = c.text("history.for", "org", partner)
		}
		last.Entries = append(last.Entries, next)
	}
	return out
}

// people are whom the filter offers: the members, as far as the reader may see
// them, and who else is in the story.
func (c *call) people(entries []*consentv1.HistoryEntry, picked string) ([]person, error) {
	var out []person
	seen := map[string]bool{}
	add := func(id, name string) {
		if id != "" && name != "" && !seen[id] {
			seen[id] = true
			out = append(out, person{ID: id, Name: name, Picked: id == picked})
		}
	}
	members, err := c.Clients.Members.ListMembers(c.ctx(), &membershipv1.ListMembersRequest{OrganizationId: c.org(), PageSize: 200})
	if err != nil && !fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED) {
		return nil, fmt.Errorf("listing the members: %w", err)
	}
	for _, one := range members.GetMembers() {
		add(one.GetUserId(), fullName(one.GetGivenName(), one.GetFamilyName()))
	}
	for _, one := range entries {
		add(one.GetActorId(), one.GetActorName())
	}
	return out, nil
}
