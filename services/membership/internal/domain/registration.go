package domain

import (
	"fmt"
	"strings"
	"time"
)

// avalNamespace holds Aval's own permissions, which nobody registers.
const avalNamespace = "aval"

// Namespace is a part of the catalogue, and whose it is.
type Namespace struct {
	Name    string
	Owner   string // certificate identity of a platform team; empty: the operator
	Version int64  // 0: nothing was registered yet
	// RegisterTime is when the version came; of an empty part, when it was given
	// to its owner.
	RegisterTime time.Time
}

// Assign gives the part to an owner; Aval's own is nobody's. It tells whether
// that changes anything.
func (n *Namespace) Assign(owner string) (bool, error) {
	if n.Name == avalNamespace {
		return false, ErrNamespaceTaken
	}
	changed := n.Owner != owner
	n.Owner = owner
	return changed, nil
}

// Registration is a version of a namespace's whole tree.
type Registration struct {
	Namespace string
	Version   int64
	Owner     string // who registers
	Features  []Feature
}

// Registered is what a registration changes.
type Registered struct {
	Added, Changed, Retired Catalogue
}

// Empty tells that nothing changes.
func (r Registered) Empty() bool { return len(r.Added)+len(r.Changed)+len(r.Retired) == 0 }

// Against compares the tree with what the catalogue holds of the namespace,
// retired features included; held is nil for a new namespace. What it gives
// never widens anybody's rights: a feature that is left out retires, and one
// keeps its protections and its meaning.
func (r Registration) Against(held *Namespace, current Catalogue, now time.Time) (Registered, error) {
	if err := r.check(); err != nil {
		return Registered{}, err
	}
	if r.Namespace == avalNamespace || held != nil && held.Owner != r.Owner {
		return Registered{}, ErrNamespaceTaken
	}
	out, err := r.compare(current, now)
	if err != nil {
		return out, err
	}
	if held == nil || r.Version > held.Version || r.Version == held.Version && out.Empty() {
		return out, nil
	}
	return Registered{}, ErrVersionStale
}

// check refuses a tree that does not hang together.
func (r Registration) check() error {
	seen := map[string]bool{}
	for _, f := range r.Features {
		seen[f.Path] = true
	}
	for i := range r.Features {
		f := &r.Features[i]
		at := fmt.Sprintf("features[%d].", i)
		if f.Path != r.Namespace && (!strings.HasPrefix(f.Path, r.Namespace+"/") || !seen[parent(f.Path)]) {
			return FieldError{Field: at + "path", Rule: "string.prefix"}
		}
		if err := cleanLine(at+"label_fr", &f.LabelFR); err != nil {
			return err
		}
		if err := cleanLine(at+"label_en", &f.LabelEN); err != nil {
			return err
		}
	}
	if len(seen) != len(r.Features) {
		return FieldError{Field: "features", Rule: "repeated.unique"}
	}
	return nil
}

func (r Registration) compare(current Catalogue, now time.Time) (Registered, error) {
	var out Registered
	left := map[string]Feature{}
	for _, f := range current {
		left[f.Path] = f
	}
	for _, f := range r.Features {
		before, known := left[f.Path]
		delete(left, f.Path)
		f.SinceVersion = r.Version
		switch {
		case !known:
			out.Added = append(out.Added, f)
			continue
		case before.losesBy(f):
			return Registered{}, ErrMeaningChanged
		case before.Retired():
			out.Added = append(out.Added, f)
			continue
		}
		f.SinceVersion = before.SinceVersion
		if f != before {
			out.Changed = append(out.Changed, f)
		}
	}
	for _, f := range current {
		if _, gone := left[f.Path]; gone && !f.Retired() {
			f.RetireTime = now
			out.Retired = append(out.Retired, f)
		}
	}
	return out, nil
}

// losesBy tells whether the feature would lose a protection, or come back from
// retirement with another meaning.
func (f Feature) losesBy(after Feature) bool {
	if f.Sensitive && !after.Sensitive || f.Excluded && !after.Excluded || f.Apart && !after.Apart {
		return true
	}
	return f.Retired() && (f.LabelFR != after.LabelFR || f.LabelEN != after.LabelEN)
}
