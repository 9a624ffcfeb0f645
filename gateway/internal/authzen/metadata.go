package authzen

import (
	"encoding/json"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/observe"
)

// metadata names the endpoints of one listener; what it does not name is not
// there.
type metadata struct {
	PolicyDecisionPoint string `json:"policy_decision_point"`
	Evaluation          string `json:"access_evaluation_endpoint"`
	Evaluations         string `json:"access_evaluations_endpoint"`
	SearchSubject       string `json:"search_subject_endpoint,omitempty"`
	SearchResource      string `json:"search_resource_endpoint,omitempty"`
	SearchAction        string `json:"search_action_endpoint"`
}

func (s *server) metadata(w http.ResponseWriter, r *http.Request) {
	observe.SetRoute(r.Context(), r.Pattern)
	at := s.options.Base + "/access/v1/"
	out := metadata{
		PolicyDecisionPoint: s.options.Base,
		Evaluation:          at + "evaluation",
		Evaluations:         at + "evaluations",
		SearchAction:        at + "search/action",
	}
	if s.options.Searches {
		out.SearchSubject, out.SearchResource = at+"search/subject", at+"search/resource"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	_ = json.NewEncoder(w).Encode(out) // the client went away: nothing to do
}
