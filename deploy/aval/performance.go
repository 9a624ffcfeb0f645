package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// performance is the main journey being played: who is on stage, and what they
// hold in their hands.
type performance struct {
	stack *stack.Stack
	world journey.World
	edge  driver.GRPC
	out   io.Writer

	partner, client journey.Organization
	karim           journey.Person
	collaborator    *partnersupportv1.Collaborator
	dossier         *partnersupportv1.Dossier
	token           string
	consent         *consentv1.Consent
	visit           *partnersupportv1.EnterDossierResponse
	browser         *http.Client
}

type scene struct {
	title string
	act   func(context.Context) error
}

func (p *performance) scenes() []scene {
	return []scene{
		{"The operator creates a partner and a client; each owner opens the mail and sets a password", p.found},
		{"The partner's administrator adds a collaborator as Technical support (R12, R13)", p.add},
		{"Assigning before the password is set is refused (R19)", p.assignTooEarly},
		{"The collaborator opens the mail and sets a password: that is the acceptance (R17)", p.join},
		{"Entering without an assignment is refused (R27)", p.enterUnassigned},
		{"The administrator assigns the dossier; the client is asked by mail (R20, R21, R24)", p.assign},
		{"Entering before the yes is refused, and the client is not mailed twice in a day (R27, R28)", p.enterTooEarly},
		{"Scanners that open the link, and a form sent as it stands, change nothing (R128)", p.scan},
		{"The client says yes for a week (R25, R40)", p.approve},
		{"The collaborator enters: a one-time code leads into the product (R29)", p.enter},
		{"The product asks CheckAccess over gRPC: allowed, through the consent", p.checkYes},
		{"The client does not see the collaborator among its members (R33), and sees the access (R129)", p.look},
		{"The client withdraws (R41); the call returns when it is true everywhere", p.withdraw},
		{"CheckAccess over gRPC: denied; the next click in the product is refused", p.checkNo},
		{"The client reads who came and what they did", p.read},
	}
}

func (p *performance) asked(format string, args ...any) {
	fmt.Fprintf(p.out, "    > "+format+"\n", args...)
}

func (p *performance) answered(format string, args ...any) {
	fmt.Fprintf(p.out, "    < "+format+"\n", args...)
}

// refused succeeds when the error has the reason.
func (p *performance) refused(err error, reason reasonv1.Reason) error {
	if !fault.Is(err, reason) {
		return fmt.Errorf("expected %s, got: %w", fault.Name(reason), orDone(err))
	}
	p.answered("%s: %s", fault.Name(reason), fault.Text(reason, "fr"))
	return nil
}

func orDone(err error) error {
	if err == nil {
		return fmt.Errorf("it was done")
	}
	return err
}
