package domain

// Origin is where a level comes from.
type Origin string

// The origins.
const (
	FromNothing  Origin = "NOTHING"
	FromRole     Origin = "ROLE"
	FromOwnLine  Origin = "OWN_LINE"
	FromAncestor Origin = "ANCESTOR"
	FromBeing    Origin = "MEMBERSHIP" // every member sees the organisation
)

// Reach is how far a client's consent could reach a feature.
type Reach string

// The reaches.
const (
	ReachOpen      Reach = "OPEN"
	ReachSensitive Reach = "SENSITIVE"
	ReachExcluded  Reach = "EXCLUDED"
)

// Reach of grants into the feature.
func (f Feature) Reach() Reach {
	switch {
	case f.Excluded:
		return ReachExcluded
	case f.Sensitive || f.Apart:
		return ReachSensitive
	default:
		return ReachOpen
	}
}

// Effective is what a membership may on one feature, and why.
type Effective struct {
	Feature Feature
	Level   Level
	Origin  Origin
	// From is the ancestor whose line gives the level, when Origin says so.
	From string
}

// EffectiveOf gives a feature's level for a membership with this offer.
func EffectiveOf(f Feature, o Offer) Effective {
	level, from := f.level(RightsOf(o.Role, o.Rights))
	out := Effective{Feature: f, Level: level, Origin: FromAncestor, From: from}
	_, own := o.Rights[f.Path]
	switch {
	case o.Role.HoldsAll():
		out.Origin = FromRole
	case from == nowhere:
		out.Origin = FromNothing
	case from == f.Path && f.Path == OrganizationFeature && !own:
		out.Origin = FromBeing
	case from == f.Path:
		out.Origin = FromOwnLine
	}
	if out.Origin != FromAncestor {
		out.From = ""
	}
	return out
}
