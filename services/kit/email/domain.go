package email

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// asciiDomain gives the IDNA2008 ASCII form of a domain name, in lower case,
// and refuses what is no public host name: a single label, an address
// literal, a numeric top level.
func asciiDomain(domain string) (string, error) {
	if !utf8.ValidString(domain) {
		return "", errors.New("the domain is not UTF-8")
	}
	if strings.ContainsFunc(domain, invisible) {
		return "", errors.New("the domain holds an invisible character")
	}
	ascii, err := strictLookup().ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("converting the domain: %w", err)
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return "", errors.New("the domain has one label only")
	}
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return "", err
		}
	}
	if top := labels[len(labels)-1]; strings.Trim(top, "0123456789") == "" {
		return "", errors.New("the top level is a number")
	}
	return ascii, nil
}

// invisible tells controls, bidi marks, spaces and whatever the mapping would
// silently drop: two addresses that look alike would become one.
func invisible(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Z, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// symbol tells what IDNA2008 has in no name (RFC 5892): some look like the marks
// that end a name. The few marks that it allows in context pass.
func symbol(r rune) bool {
	return r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("·͵׳״・", r)
}

// checkLabel refuses a second spelling of the same name: an "xn--" label that
// decodes to ASCII, or that does not encode back to itself.
func checkLabel(label string) error {
	if label == "" {
		return errors.New("the domain has an empty label")
	}
	encoded, ok := strings.CutPrefix(label, "xn--")
	if !ok {
		return nil
	}
	if encoded == "" {
		return errors.New("the domain holds an empty encoded label")
	}
	plain, err := strictLookup().ToUnicode(label)
	if err != nil {
		return fmt.Errorf("decoding a label: %w", err)
	}
	if isASCII(plain) {
		return errors.New("the domain holds an encoded label that is plain ASCII")
	}
	if strings.ContainsFunc(plain, symbol) {
		return errors.New("the domain holds a symbol")
	}
	again, err := registration().ToASCII(plain)
	if err != nil {
		return fmt.Errorf("encoding a label: %w", err)
	}
	if again != label {
		return errors.New("the domain holds a label that is not in its one form")
	}
	return nil
}

// strictLookup maps what people type (capitals, full-width) and validates the
// rest as IDNA2008 asks, with no transitional mapping: ß stays ß.
func strictLookup() *idna.Profile {
	return idna.New(
		idna.MapForLookup(),
		idna.Transitional(false),
		idna.StrictDomainName(true),
		idna.ValidateLabels(true),
		idna.CheckHyphens(true),
		idna.CheckJoiners(true),
		idna.BidiRule(),
		idna.VerifyDNSLength(true),
	)
}

// registration accepts only names already in their canonical form.
func registration() *idna.Profile {
	return idna.New(
		idna.ValidateForRegistration(),
		idna.BidiRule(),
	)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
