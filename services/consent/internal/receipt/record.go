// Package receipt writes the receipt of a yes in the layout of ISO/IEC TS
// 27560:2023 (header, processing, parties, events) and signs it. It adds
// nothing to what is recorded: the same consent gives the same receipt.
package receipt

import (
	"time"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// Schema names the layout.
const Schema = "ISO/IEC TS 27560:2023"

// Record is the whole receipt.
type Record struct {
	Schema     string     `json:"schema_version"`
	Issuer     string     `json:"iss"`
	RecordID   string     `json:"record_id"`
	Principal  string     `json:"pii_principal_id"`
	Processing Processing `json:"pii_processing"`
	Parties    []Party    `json:"party_identification"`
	Events     []Event    `json:"events"`
}

// Processing is what the yes was to.
type Processing struct {
	Notice   Notice    `json:"privacy_notice"`
	Language string    `json:"language"`
	Purposes []Purpose `json:"purposes"`
}

// Notice is the exact text shown. Where its words are no longer those of the
// template, its hash and version alone remain.
type Notice struct {
	Version       string   `json:"version"`
	Hash          string   `json:"hash"`
	HashAlgorithm string   `json:"hash_algorithm"`
	Title         string   `json:"title,omitempty"`
	Paragraphs    []string `json:"paragraphs,omitempty"`
	Lines         []string `json:"lines,omitempty"`
}

// Purpose is the one purpose of a consent.
type Purpose struct {
	Purpose     string   `json:"purpose"`
	Type        string   `json:"purpose_type"`
	LawfulBasis string   `json:"lawful_basis"`
	Information []Access `json:"pii_information"`
	Controllers []string `json:"pii_controllers"`
	Recipients  []string `json:"recipient_third_parties"`
	Services    []string `json:"services,omitempty"`
	Collection  string   `json:"collection_method"`
	Withdrawal  string   `json:"withdrawal_method"`
}

// Access is one right that was given.
type Access struct {
	Type  string `json:"pii_type"`
	Level string `json:"access_level"`
}

// Party is who takes part, and as what.
type Party struct {
	ID           string `json:"party_id"`
	Name         string `json:"party_name"`
	Role         string `json:"party_role"`
	Type         string `json:"party_type"`
	Registration string `json:"party_registration,omitempty"`
	Address      string `json:"party_address,omitempty"`
	Email        string `json:"party_email,omitempty"`
	Phone        string `json:"party_phone,omitempty"`
}

// Event is one step of the consent.
type Event struct {
	Time      time.Time `json:"event_time"`
	Type      string    `json:"event_type"`
	State     string    `json:"event_state"`
	Entity    string    `json:"entity_id,omitempty"`
	Until     time.Time `json:"validity_end,omitzero"`
	Choice    string    `json:"validity_duration,omitempty"`
	Assurance string    `json:"assurance,omitempty"`
}

// Frame is what a receipt says beside the consent.
type Frame struct {
	Issuer, LawfulBasis string
	// ForPartner leaves out who of the client answered.
	ForPartner bool
	Now        time.Time
}

// Of writes the record of a consent that was given.
func Of(r domain.Record, f Frame) Record {
	client, partner := r.ClientID.Text("org"), r.PartnerID.Text("org")
	out := Record{
		Schema: Schema, Issuer: f.Issuer, RecordID: r.ID.Text("cns"), Principal: client,
		Processing: Processing{Notice: noticeOf(r), Language: r.Evidence.TextLocale, Purposes: []Purpose{{
			Purpose: r.Reason, Type: string(r.Role), LawfulBasis: f.LawfulBasis, Information: accesses(r.Granted),
			Controllers: []string{client}, Recipients: []string{partner},
			Collection: collectionOf(r), Withdrawal: "at any time, on the page of accesses, with immediate effect",
		}}},
		Parties: parties(r, f), Events: events(r, f),
	}
	if r.ProductName != "" {
		out.Processing.Purposes[0].Services = []string{r.ProductName}
	}
	return out
}

func collectionOf(r domain.Record) string {
	if r.Team {
		return "entry into the account by the named person, and by others of the same company and role, each announced by name"
	}
	return "entry into the account by the named person"
}

func noticeOf(r domain.Record) Notice {
	out := Notice{Version: r.Evidence.TextVersion, Hash: r.Evidence.TextHash, HashAlgorithm: "SHA-256"}
	text := wording.Canonical(r, r.Evidence.TextLocale)
	if text.Version == out.Version && text.Hash() == out.Hash {
		out.Title, out.Paragraphs, out.Lines = text.Title, text.Paragraphs, wording.Lines(text.Locale, text.Lines)
	}
	return out
}

func accesses(granted []domain.Right) []Access {
	out := make([]Access, 0, len(granted))
	for _, right := range granted {
		if right.Level > domain.None {
			out = append(out, Access{Type: right.Feature, Level: fields.Word(authzv1.Level(right.Level), "LEVEL_")})
		}
	}
	return out
}

func parties(r domain.Record, f Frame) []Party {
	out := []Party{
		{ID: r.ClientID.Text("org"), Name: r.ClientName, Role: "pii_controller", Type: "organisation"},
		{
			ID: r.PartnerID.Text("org"), Name: r.Partner.LegalName, Role: "recipient", Type: "organisation",
			Registration: r.Partner.RegistrationNumber, Address: r.Partner.PostalAddress,
			Email: r.Partner.ContactEmail, Phone: r.Partner.ContactPhone,
		},
		{ID: r.UserID.Text("usr"), Name: r.CollaboratorName(), Role: "authorised_person", Type: "person"},
	}
	if !f.ForPartner {
		out = append(out, Party{ID: r.ApproverID.Text("usr"), Name: r.ApproverName, Role: "approver", Type: "person"})
	}
	return out
}

// events are the request, the yes, and the end if it has come.
func events(r domain.Record, f Frame) []Event {
	who := entity(r.ApproverID, f)
	out := []Event{
		{Time: r.CreateTime, Type: "notice", State: string(domain.Requested)},
		{
			Time: r.GiveTime, Type: "explicit_consent", State: string(domain.Given), Entity: who, Until: r.ExpireTime,
			Choice: string(r.Choice), Assurance: string(r.Evidence.Assurance),
		},
	}
	state := r.StateAt(f.Now)
	if state == domain.Given {
		return out
	}
	end := r.RevokeTime
	if end.IsZero() {
		end = r.ExpireTime
	}
	return append(out, Event{Time: end, Type: "end", State: string(state)})
}

func entity(approver id.ID, f Frame) string {
	if f.ForPartner {
		return ""
	}
	return approver.Text("usr")
}
