package authzen

import (
	"encoding/json"
	"strings"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// members are those of an object whose names are the callers' own.
type members map[string]json.RawMessage

// text is a member that is a string; any other is as if it were not there.
func (m members) text(name string) string {
	var out string
	if json.Unmarshal(m[name], &out) != nil {
		return ""
	}
	return out
}

// entity is a subject or a resource.
type entity struct {
	Type       string  `json:"type"`
	ID         string  `json:"id"`
	Properties members `json:"properties,omitempty"`
}

// is tells an entity that we could know.
func (e entity) is(kind, prefix string) bool {
	_, err := id.Parse(prefix, e.ID)
	return e.Type == kind && err == nil
}

func (e entity) isUser() bool    { return e.is("user", "usr") }
func (e entity) isAccount() bool { return e.is("account", "org") }

// action is the level asked for.
type action struct {
	Name string `json:"name"`
}

// level is UNSPECIFIED for an action that we do not know.
func (a action) level() authzv1.Level {
	switch a.Name {
	case "guest":
		return authzv1.Level_LEVEL_GUEST
	case "editor":
		return authzv1.Level_LEVEL_EDITOR
	case "approver":
		return authzv1.Level_LEVEL_APPROVER
	default:
		return authzv1.Level_LEVEL_UNSPECIFIED
	}
}

// evaluation is one question, whole or in part.
type evaluation struct {
	Subject  *entity `json:"subject"`
	Action   *action `json:"action"`
	Resource *entity `json:"resource"`
	Context  members `json:"context"`
}

// requires gives an error that names the first attribute that is missing.
func (e evaluation) requires(names ...string) error {
	subject, act, resource := orEmpty(e.Subject), orEmpty(e.Action), orEmpty(e.Resource)
	values := map[string]string{
		"subject.type": subject.Type, "subject.id": subject.ID, "action.name": act.Name,
		"resource.type": resource.Type, "resource.id": resource.ID,
	}
	for _, name := range names {
		if values[name] == "" {
			return fault.Invalid(name, "required")
		}
	}
	return nil
}

// whole requires what every question needs.
func (e evaluation) whole() error {
	return e.requires("subject.type", "subject.id", "action.name", "resource.type", "resource.id")
}

func orEmpty[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

// maxFeature bounds a feature's path, as CheckAccess does.
const maxFeature = 120

// question is what the decision is asked, or the reason why it need not be: no
// answer could be yes.
func (e evaluation) question() (question *membershipv1.CheckAccessRequest, denied string) {
	feature := e.Resource.Properties.text("feature")
	switch {
	case !e.Subject.isUser():
		return nil, "SUBJECT_UNKNOWN"
	case !e.Resource.isAccount():
		return nil, "RESOURCE_UNKNOWN"
	case e.Action.level() == authzv1.Level_LEVEL_UNSPECIFIED:
		return nil, "ACTION_UNKNOWN"
	case feature == "" || len(feature) > maxFeature || strings.ContainsRune(feature, 0):
		return nil, "FEATURE_UNKNOWN"
	}
	return &membershipv1.CheckAccessRequest{
		SubjectId: e.Subject.ID, AccountId: e.Resource.ID, Feature: feature, Level: e.Action.level(),
		SupportSessionId: e.visit(),
	}, ""
}

// visit is the support session; what cannot be one is as if none were named.
func (e evaluation) visit() string {
	named := e.Context.text("support_session_id")
	if _, err := id.Parse("sup", named); err != nil {
		return ""
	}
	return named
}
