package domain

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Ask joins a partner and a client that has not agreed yet (R76).
func Ask(dossier id.ID, partner, client Organization, a Asking) (Dossier, error) {
	d, err := Link(dossier, partner, client, a.Time)
	d.State, d.RequesterID = DossierPending, a.Requester
	return d, err
}

// Asking is who of a partner asks, and when.
type Asking struct {
	Requester id.ID
	Time      time.Time
}

// Accept is the client's yes to the link. It gives no access.
func (d *Dossier) Accept() error { return d.answer(DossierActive) }

// Decline is the client's no. It alone takes the link up again.
func (d *Dossier) Decline() error { return d.answer(DossierEnded) }

func (d *Dossier) answer(state DossierState) error {
	if d.State != DossierPending {
		return TransitionRefused
	}
	d.State = state
	d.Version++
	return nil
}

// ClientCode is by what a partner finds a client: knowing it gives nothing but
// the right to ask.
type ClientCode struct {
	ClientID   id.ID
	Code       string // as ReadCode gives it
	ActorID    id.ID
	CreateTime time.Time
}

// The alphabet has no letter that is taken for a digit (Crockford's base 32).
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength   = 10
)

// NewCode draws a code from the random end of a new id: 50 of its bits.
func NewCode(from id.ID) string {
	var bits uint64
	for _, b := range from[len(from)-7:] {
		bits = bits<<8 | uint64(b)
	}
	out := make([]byte, codeLength)
	for i := range out {
		out[i] = codeAlphabet[bits&31]
		bits >>= 5
	}
	return string(out)
}

// ReadCode gives a code as it is stored, out of what somebody typed; empty when
// it can be none.
func ReadCode(typed string) string {
	code := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != codeLength || strings.Trim(code, codeAlphabet) != "" {
		return ""
	}
	return code
}

// Shown gives the code in two groups, as people pass it on.
func (c ClientCode) Shown() string {
	return c.Code[:codeLength/2] + "-" + c.Code[codeLength/2:]
}
