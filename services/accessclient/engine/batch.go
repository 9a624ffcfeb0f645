package engine

import "slices"

// Batch brings what one reading found into a view: what takes away goes first,
// and features are known before the entries that name them.
type Batch struct {
	View *View
	// Whole: the reading has everything, and nothing that is over.
	Whole    bool
	features []Feature
	given    []Entry
}

// Change is one changed row of the decision: one of Entry, Session, Account,
// Feature and Preset.
type Change interface{ bring(b *Batch) error }

// Account tells whether an organisation is suspended, as an account and as a
// partner.
type Account struct {
	ID        ID
	Suspended bool
}

// Preset is what a staff role reaches at most: levels by path, as JSON.
type Preset struct {
	Role   string
	Rights []byte
}

// Bring takes a change, whose Rights the caller may use again.
func (b *Batch) Bring(c Change) error { return c.bring(b) }

func (e Entry) bring(b *Batch) error {
	if b.Whole || e.Over {
		return b.View.SetEntry(e)
	}
	e.Rights = slices.Clone(e.Rights)
	b.given = append(b.given, e)
	return nil
}

func (s Session) bring(b *Batch) error {
	b.View.SetSession(s)
	return nil
}

func (a Account) bring(b *Batch) error {
	b.View.SetAccount(a.ID, a.Suspended)
	return nil
}

func (f Feature) bring(b *Batch) error {
	b.features = append(b.features, f)
	return nil
}

func (p Preset) bring(b *Batch) error { return b.View.SetPreset(p.Role, p.Rights) }

// Finish brings in what had to wait for the end of the reading.
func (b *Batch) Finish() error {
	if len(b.features) > 0 {
		b.View.SetFeatures(b.features)
	}
	for _, e := range b.given {
		if err := b.View.SetEntry(e); err != nil {
			return err
		}
	}
	return nil
}
