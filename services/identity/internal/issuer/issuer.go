// Package issuer signs access tokens: a person's for Aval itself, and the
// delegation of a support session for one product. Whether anybody deserves
// one was decided before.
package issuer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

// Issuer signs with the newest key of its folder. Safe for concurrent use.
type Issuer struct {
	name string
	dir  string
	ring atomic.Pointer[jwtkey.Ring]
}

// New reads the keys; name is the `iss` of every token.
func New(name, dir string) (*Issuer, error) {
	if name == "" || dir == "" {
		return nil, errors.New("making the issuer: its name and the folder of its keys are required")
	}
	i := &Issuer{name: name, dir: dir}
	return i, i.Reload()
}

// Reload reads the folder again, so that keys come and go without a restart.
// On an error the keys stay as they were.
func (i *Issuer) Reload() error {
	ring, err := jwtkey.Load(i.dir)
	if err != nil {
		return err
	}
	i.ring.Store(ring)
	return nil
}

// Keys implements authn.KeySource: the public halves, RFC 7517.
func (i *Issuer) Keys(context.Context) (jose.JSONWebKeySet, error) {
	return i.ring.Load().Public(), nil
}

// Token is a signed token and its end.
type Token struct {
	Text       string
	ExpireTime time.Time
}

// Person signs the token of a session, for at most 5 minutes and never beyond
// the session.
func (i *Issuer) Person(s domain.Session, u domain.User, now time.Time) (Token, error) {
	claims := authn.Claims{
		Subject:      u.ID.Text("usr"),
		Audience:     authn.Audience,
		Organization: s.OrganizationID.Text("org"),
		SessionID:    s.ID.Text("ses"),
		AMR:          s.AMR,
		FactorDue:    len(s.FactorsDue) > 0,
		AuthTime:     jwt.NewNumericDate(s.AuthTime),
		Locale:       u.Locale,
		Name:         s.Name,
	}
	return i.sign(claims, life{from: now, until: s.ExpireTime})
}

// Support signs the delegation token of a visit (RFC 8693 §4.1): the account is
// the subject, the collaborator the actor, the product the audience.
func (i *Issuer) Support(v domain.Visit, now time.Time) (Token, error) {
	if v.Audience == "" || v.Audience == authn.Audience {
		return Token{}, errors.New("signing a support token: the audience must be a product's own")
	}
	claims := authn.Claims{
		Subject:   v.ClientID.Text("org"),
		Audience:  v.Audience,
		ClientID:  "product:" + v.ProductID.Text("prd"),
		Act:       &authn.ActClaim{Subject: v.UserID.Text("usr"), Organization: v.PartnerID.Text("org")},
		SessionID: v.SessionID.Text("sup"),
		Grant:     v.GrantID.Text("grt"),
		Consent:   v.ConsentID.Text("cns"),
		Purpose:   v.Reason,
	}
	return i.sign(claims, life{from: now, until: v.ExpireTime})
}

type life struct{ from, until time.Time }

func (i *Issuer) sign(c authn.Claims, l life) (Token, error) {
	// Tokens count whole seconds; cutting off can only shorten.
	from := l.from.Truncate(time.Second)
	expire := from.Add(authn.TokenLifetime)
	if l.until.Before(expire) {
		expire = l.until.Truncate(time.Second)
	}
	c.Issuer, c.ID = i.name, id.New().String()
	c.IssuedAt, c.NotBefore, c.Expiry = jwt.NewNumericDate(from), jwt.NewNumericDate(from), jwt.NewNumericDate(expire)
	key := i.ring.Load().Signing()
	text, err := authn.Sign(key.Private, key.ID, c)
	if err != nil {
		return Token{}, fmt.Errorf("issuing a token: %w", err)
	}
	return Token{Text: text, ExpireTime: expire}, nil
}
