package domain

import "time"

// Feature is a node of the catalogue.
type Feature struct {
	Path    string // parts separated by "/"
	LabelFR string
	LabelEN string
	// Sensitive is a line of its own on the consent page, in no preset.
	Sensitive bool
	// Excluded is never part of any grant.
	Excluded bool
	// System is one of Aval's own permissions.
	System bool
	// Apart is a right of its own, such as spending (R120): no ancestor implies
	// it, only its own line or a role that holds everything.
	Apart bool
	// SinceVersion is the version of its namespace that brought it.
	SinceVersion int64
	// RetireTime is when its namespace left it out; zero: in use.
	RetireTime time.Time
}

// Retired tells whether its namespace left it out.
func (f Feature) Retired() bool { return !f.RetireTime.IsZero() }

// Level gives how far rights reach in the feature.
func (f Feature) Level(r Rights) Level {
	level, _ := f.level(r)
	return level
}

// level gives the level and the path whose line gives it; LevelNone and "-"
// where no line does.
func (f Feature) level(r Rights) (Level, string) {
	for path := f.Path; ; path = parent(path) {
		if f.Apart && path != f.Path {
			path = root
		}
		if level, ok := r[path]; ok {
			return level, path
		}
		if path == root {
			return LevelNone, nowhere
		}
	}
}

// nowhere is no path.
const nowhere = "-"

// Catalogue is the whole tree, in any order.
type Catalogue []Feature

// Check refuses rights on features that do not exist, or no more.
func (c Catalogue) Check(r Rights) error {
	known := make(map[string]bool, len(c))
	for _, f := range c {
		known[f.Path] = !f.Retired()
	}
	for path := range r {
		if !known[path] {
			return ErrFeatureUnknown
		}
	}
	return nil
}

// exceeds tells whether some feature of the tree is reached further by one
// than by the other.
func (c Catalogue) exceeds(one, other Rights) bool {
	for _, f := range c {
		if f.Level(one) > f.Level(other) {
			return true
		}
	}
	return false
}

// retiredLines are the rights that stand on retired features.
func (c Catalogue) retiredLines(r Rights) Rights {
	out := Rights{}
	for _, f := range c {
		if level, ok := r[f.Path]; ok && f.Retired() {
			out[f.Path] = level
		}
	}
	return out
}
