package wording

import (
	"fmt"
	"strings"
	"time"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Context is the block to hand to customer service (R65): everything that is
// known, with ids and times, and no secret.
func Context(locale string, e domain.Evidence) string {
	var b strings.Builder
	line := func(label sentence, value string) { fmt.Fprintf(&b, "%s %s\n", label.in(locale), value) }
	why := e.Diagnose()
	line(sentence{"Diagnostic Aval :", "Aval diagnosis:"}, string(why)+" ("+adviceFor()[why].requirement+")")
	line(sentence{"Organisation :", "Organisation:"}, e.Organization.Identification.LegalName+" "+e.Organization.ID.Text("org"))
	line(sentence{"Adresse :", "Address:"}, e.Email)
	if e.Latest != nil {
		line(sentence{"Invitation :", "Invitation:"}, e.Latest.ID.Text("inv")+" "+string(e.Latest.State))
	}
	for _, mail := range e.Mails {
		line(sentence{"Mail :", "Mail:"}, fmt.Sprintf("%s %s %s", mail.ID, mail.State, codeOf(mail)))
	}
	for _, fact := range Facts(locale, e) {
		at := "-"
		if !fact.Time.IsZero() {
			at = fact.Time.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "%s  %s\n", at, fact.Text)
	}
	return b.String()
}
