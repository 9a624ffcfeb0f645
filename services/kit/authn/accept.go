package authn

import (
	"errors"
	"fmt"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// leeway is for an issuer whose clock is a little ahead; an expired token gets
// none.
const leeway = 5 * time.Second

func checkTimes(c Claims, now time.Time) error {
	if c.Expiry == nil || c.NotBefore == nil || c.IssuedAt == nil {
		return errors.New("exp, nbf or iat is missing")
	}
	expiry, issued := c.Expiry.Time(), c.IssuedAt.Time()
	soon := now.Add(leeway)
	switch {
	case !now.Before(expiry):
		return errors.New("the token has expired")
	case c.NotBefore.Time().After(soon) || issued.After(soon):
		return errors.New("the token is not valid yet")
	case expiry.Sub(issued) > TokenLifetime:
		return errors.New("the token lives longer than tokens may")
	default:
		return nil
	}
}

func personOf(c Claims) (Person, error) {
	person := Person{Name: c.Name, Locale: c.Locale, AMR: c.AMR, FactorDue: c.FactorDue}
	if c.AuthTime != nil {
		person.AuthTime = c.AuthTime.Time().UTC()
	}
	if c.Act != nil {
		return supportOf(person, c)
	}
	var userErr, organizationErr, sessionErr error
	person.UserID, userErr = id.Parse("usr", c.Subject)
	if c.Organization != "" {
		person.OrganizationID, organizationErr = id.Parse("org", c.Organization)
	}
	person.SessionID, sessionErr = id.Parse("ses", c.SessionID)
	if err := errors.Join(userErr, organizationErr, sessionErr); err != nil {
		return Person{}, fmt.Errorf("reading sub, org and sid: %w", err)
	}
	return person, nil
}

func supportOf(person Person, c Claims) (Person, error) {
	var accountErr, userErr, partnerErr, sessionErr error
	actor := &Actor{}
	person.OrganizationID, accountErr = id.Parse("org", c.Subject)
	actor.UserID, userErr = id.Parse("usr", c.Act.Subject)
	actor.OrganizationID, partnerErr = id.Parse("org", c.Act.Organization)
	person.SessionID, sessionErr = id.Parse("sup", c.SessionID)
	if err := errors.Join(accountErr, userErr, partnerErr, sessionErr); err != nil {
		return Person{}, fmt.Errorf("reading sub, act and sid: %w", err)
	}
	person.UserID, person.Act = actor.UserID, actor
	return person, nil
}
