package worker

import (
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
)

// reachOf reads whether a request reaches anybody; false for other events.
func reachOf(e bus.Event) (app.Reach, bool, error) {
	switch m := e.Message.(type) {
	case *consentv1.ConsentUnreachable:
		a, err := newAnswer(e, m.GetConsent(), "")
		return app.Reach{Answer: a, Lost: true}, true, err
	case *consentv1.ConsentReminded:
		a, err := newAnswer(e, m.GetConsent(), "")
		return app.Reach{Answer: a}, true, err
	default:
		return app.Reach{}, false, nil
	}
}
