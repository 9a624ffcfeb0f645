package domain

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
}

// Catalogue is the whole tree, in any order.
type Catalogue []Feature

// Check refuses rights on features that do not exist.
func (c Catalogue) Check(r Rights) error {
	known := make(map[string]bool, len(c))
	for _, f := range c {
		known[f.Path] = true
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
		if one.At(f.Path) > other.At(f.Path) {
			return true
		}
	}
	return false
}
