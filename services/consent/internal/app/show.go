package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Show reads what the consent page shows. It stores nothing.
type Show struct{ Deps }

// Viewer says who looks at which request.
type Viewer struct {
	ClientID, ConsentID, UserID id.ID
	// MustAnswer refuses who may not answer any more: a mailed link opens
	// nothing for them.
	MustAnswer bool
}

// Shown is what the page needs.
type Shown struct {
	Record domain.Record
	Now    time.Time
	// MayOverturn says that the viewer may turn the no into a yes.
	MayOverturn bool
	// Longest is the longest duration that the viewer may give; zero: any.
	Longest time.Duration
}

// Text renders the canonical text in a language.
func (s Shown) Text(locale string) wording.Text { return wording.Canonical(s.Record, locale) }

// Do asks membership what the viewer may answer, now.
func (u Show) Do(ctx context.Context, v Viewer) (Shown, error) {
	r, err := u.read(ctx, v.ClientID, v.ConsentID)
	if err != nil {
		return Shown{}, err
	}
	by, err := u.Siblings.Respondent(ctx, v.UserID, r.ClientID, r.PartnerID)
	if err != nil {
		return Shown{}, err
	}
	if v.MustAnswer && !by.Counts() {
		return Shown{}, domain.NotAnApprover
	}
	out := Shown{Record: r, Now: u.Clock.Now()}
	if out.MayOverturn = by.Counts() && r.MayOverturn(by, out.Now); out.MayOverturn {
		out.MayOverturn, err = pg.InTenant(ctx, u.DB, r.ClientID, func(ctx context.Context, tx pg.Tx) (bool, error) {
			return u.canOverturn(ctx, tx, r)
		})
		if err != nil {
			return Shown{}, err
		}
	}
	if ceiling := by.Ceiling(out.Now); !ceiling.IsZero() {
		out.Longest = ceiling.Sub(out.Now)
	}
	return out, nil
}
