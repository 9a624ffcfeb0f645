// Package domain holds the rules of membership: organisations, members,
// invitations and their state machine, rights on the feature tree. It knows no
// transport, no storage and no clock of its own.
package domain

import (
	"strings"
	"time"
	"unicode"

	"github.com/aval-access/aval/services/kit/id"
)

// OrganizationKind says what an organisation is to Aval; partners of any kind
// are one (R2).
type OrganizationKind string

// The kinds.
const (
	Partner  OrganizationKind = "PARTNER"
	Client   OrganizationKind = "CLIENT"
	Platform OrganizationKind = "PLATFORM"
)

// OrganizationState says whether the organisation works.
type OrganizationState string

// The states.
const (
	Active    OrganizationState = "ACTIVE"
	Suspended OrganizationState = "SUSPENDED"
)

// Organization is a tenant.
type Organization struct {
	ID             id.ID
	Kind           OrganizationKind
	Identification Identification
	Locale         string // "fr" or "en"
	Level1Support  bool   // R1: a capability of some partners
	State          OrganizationState
	CreateTime     time.Time
}

// Identification is what a client reads about a partner who asks (R24).
type Identification struct {
	LegalName          string
	RegistrationNumber string
	PostalAddress      string // lines separated by newlines
	ContactEmail       string
	ContactPhone       string
}

// Validate refuses an organisation that contradicts itself, and text that
// could deceive in a mail. Spaces around the texts are dropped.
func (o *Organization) Validate() error {
	if o.Level1Support && o.Kind != Partner {
		return ErrKindWrong
	}
	lines := map[string]*string{
		"identification.legal_name":          &o.Identification.LegalName,
		"identification.registration_number": &o.Identification.RegistrationNumber,
		"identification.contact_email":       &o.Identification.ContactEmail,
		"identification.contact_phone":       &o.Identification.ContactPhone,
	}
	for field, text := range lines {
		if err := cleanLine(field, text); err != nil {
			return err
		}
	}
	if o.Identification.LegalName == "" {
		return FieldError{Field: "identification.legal_name", Rule: "string.min_len"}
	}
	return cleanText("identification.postal_address", &o.Identification.PostalAddress)
}

// cleanLine accepts one line without control or direction characters. What is
// refused here is what no mail may hold.
func cleanLine(field string, text *string) error {
	if strings.ContainsRune(*text, '\n') {
		return FieldError{Field: field, Rule: "text.control"}
	}
	return cleanText(field, text)
}

func cleanText(field string, text *string) error {
	*text = strings.TrimSpace(*text)
	bad := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control))
	}
	if strings.ContainsFunc(*text, bad) {
		return FieldError{Field: field, Rule: "text.control"}
	}
	return nil
}
