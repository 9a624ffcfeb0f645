package engine

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"strings"
	"sync/atomic"
)

// Feature is a node of the catalogue.
type Feature struct {
	Path string
	// Retired features answer FeatureUnknown.
	Retired bool
	// Sensitive features are reached by a grant only when it names them.
	Sensitive bool
	// Excluded features no grant ever reaches.
	Excluded bool
}

const levelNone = 1

// right is a level at a path.
type right struct {
	path  uint32
	level uint8
}

// rightSet is what an entry holds. Sets of the same rights have the same print,
// in every view.
type rightSet struct {
	rights []right
	print  uint64
}

// feature is a Feature with its ancestors, nearest first, itself included, the
// root last.
type feature struct {
	ancestors           []uint32
	sensitive, excluded bool
}

// grantAncestors are the nodes from which a grant may reach the feature.
func (f *feature) grantAncestors() []uint32 {
	if f.sensitive {
		return f.ancestors[:1]
	}
	return f.ancestors
}

// catalogue knows features, the roles' presets and the sets of rights that
// entries hold, each different set once.
type catalogue struct {
	features atomic.Pointer[map[string]*feature]
	presets  atomic.Pointer[map[uint8]uint32] // role: set
	sets     arena[rightSet]

	// The writer's.
	setOf  map[string]uint32
	pathOf map[string]uint32
	roleOf map[string]uint8
}

func (c *catalogue) init() {
	c.features.Store(&map[string]*feature{})
	c.presets.Store(&map[uint8]uint32{})
	c.setOf, c.pathOf, c.roleOf = map[string]uint32{}, map[string]uint32{}, map[string]uint8{}
}

// level is what a set gives at the nearest of the ancestors.
func (c *catalogue) level(set uint32, ancestors []uint32) uint8 {
	rights := c.sets.at(set).rights
	for _, path := range ancestors {
		for _, r := range rights {
			if r.path == path {
				return r.level
			}
		}
	}
	return levelNone
}

// preset is what a staff role lets a grant reach at most.
func (c *catalogue) preset(role uint8, ancestors []uint32) uint8 {
	set, ok := (*c.presets.Load())[role]
	if !ok {
		return levelNone
	}
	return c.level(set, ancestors)
}

// SetFeatures takes new and changed features.
func (v *View) SetFeatures(features []Feature) {
	c := &v.catalogue
	all := maps.Clone(*c.features.Load())
	for _, f := range features {
		if f.Retired {
			delete(all, f.Path)
			continue
		}
		all[f.Path] = &feature{ancestors: c.ancestors(f.Path), sensitive: f.Sensitive, excluded: f.Excluded}
	}
	c.features.Store(&all)
}

// SetPreset takes what a staff role reaches at most: levels by path, as JSON.
func (v *View) SetPreset(role string, rights []byte) error {
	set, err := v.catalogue.set(rights)
	if err != nil {
		return err
	}
	all := maps.Clone(*v.catalogue.presets.Load())
	all[v.catalogue.role(role)] = set
	v.catalogue.presets.Store(&all)
	return nil
}

func (c *catalogue) ancestors(path string) []uint32 {
	var out []uint32
	for path != "" {
		out = append(out, c.path(path))
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return append(out, c.path(""))
}

func (c *catalogue) path(p string) uint32 {
	n, known := c.pathOf[p]
	if !known {
		n = uint32(len(c.pathOf))
		c.pathOf[p] = n
	}
	return n
}

func (c *catalogue) role(name string) uint8 {
	n, known := c.roleOf[name]
	if !known {
		n = uint8(len(c.roleOf))
		c.roleOf[name] = n
	}
	return n
}

// set gives the number of a set of rights.
func (c *catalogue) set(rights []byte) (uint32, error) {
	if n, known := c.setOf[string(rights)]; known {
		return n, nil
	}
	var levels map[string]uint8
	if err := json.Unmarshal(rights, &levels); err != nil {
		return 0, fmt.Errorf("reading rights: %w", err)
	}
	n, set := c.sets.add()
	print := fnv.New64a()
	_, _ = print.Write(rights)
	set.print = print.Sum64()
	for path, level := range levels {
		set.rights = append(set.rights, right{path: c.path(path), level: level})
	}
	c.setOf[string(rights)] = n
	return n, nil
}
