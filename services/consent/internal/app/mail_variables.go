package app

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
)

// variables are the words of a mail about a consent, all that identifies the
// partner among them (R24). None names who answered at the client: mails for
// the partner's side stand on the same variables.
func variables(r domain.Record, locale, template string) map[string]string {
	v := map[string]string{
		"title":                       wording.Title(r.Role, locale),
		"client_name":                 r.ClientName,
		"collaborator_name":           r.CollaboratorName(),
		"product_name":                r.ProductName,
		"reason":                      r.Reason,
		"partner_role":                string(r.Role),
		"partner_name":                r.Partner.LegalName,
		"partner_registration_number": r.Partner.RegistrationNumber,
		"partner_address":             r.Partner.PostalAddress,
		"partner_email":               r.Partner.ContactEmail,
		"partner_phone":               r.Partner.ContactPhone,
		"state":                       string(r.State),
		"predecessor_name":            r.PredecessorName,
		"running":                     wording.Running(locale, r),
	}
	switch template {
	case mailRequest, mailRequests:
		v["expire_date"] = wording.Moment(locale, r.RequestExpireTime)
		fallthrough
	case mailRefused:
		v["rights"] = strings.Join(wording.Lines(locale, r.Lines), "\n")
		v["duration"] = wording.Duration(locale, r.Proposed)
	case mailGiven, mailReceipt, mailAnnounced, mailEnding, mailEndingTo, mailNarrowed:
		v["rights"] = strings.Join(wording.Lines(locale, r.GrantedLines()), "\n")
		v["duration"] = wording.Choice(locale, r.Choice)
		v["expire_date"] = moment(locale, r.ExpireTime)
		v["start_date"] = moment(locale, r.StartTime)
	}
	return v
}

// moment leaves an access without an end of its own without a date.
func moment(locale string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return wording.Moment(locale, t)
}
