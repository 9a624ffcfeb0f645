package pages

import (
	"context"
	"fmt"
	"slices"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// proving is a page on which a person proves who they are: the second step of
// signing in, or the second look before what could harm.
type proving struct {
	// Path is the page's; passkeys are asked for and answer below it.
	Path, Next string
	// Lead is the key of the first words.
	Lead string
	// What can be proven here.
	Password, Code, Passkey, Recovery bool
}

// secondStep lets in who has a factor to prove.
func secondStep(next handler) handler {
	return func(c *call) error {
		if !c.signedIn {
			return c.redirect("/sign-in" + nextQuery(c.wanted()))
		}
		if len(c.session.FactorsDue) == 0 {
			return c.redirect(c.next())
		}
		return next(c)
	}
}

func secondStepPage(c *call) error { return c.showSecondStep(form{}) }

func (c *call) showSecondStep(f form) error {
	due := c.session.FactorsDue
	data := proving{
		Path: "/sign-in/factor", Next: c.wanted(), Lead: "factor.verify.lead",
		Code:     slices.Contains(due, identityv1.FactorKind_FACTOR_KIND_TOTP),
		Passkey:  slices.Contains(due, identityv1.FactorKind_FACTOR_KIND_PASSKEY),
		Recovery: slices.Contains(due, identityv1.FactorKind_FACTOR_KIND_RECOVERY_CODE),
	}
	return c.show(page{name: "prove", title: "factor.verify.title", form: f, data: data, bare: true})
}

// verifyFactor is the second step of signing in.
func verifyFactor(c *call) error {
	f, err := c.proveBy(c.verify)
	if err != nil {
		return err
	}
	if len(f.Problems) > 0 {
		return c.showSecondStep(f)
	}
	return c.settle()
}

func (c *call) verify(ctx context.Context, proof *identityv1.FactorProof) error {
	answer, err := c.Clients.SecondFactors.VerifyFactor(ctx, &identityv1.VerifyFactorRequest{Proof: proof})
	if err != nil {
		return fmt.Errorf("verifying a factor: %w", err)
	}
	c.Sessions.SetDevice(c.w, answer.GetDeviceToken())
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}

func confirmPage(c *call) error { return c.showConfirm(form{}) }

func (c *call) showConfirm(f form) error {
	mine, err := c.Clients.Factors.ListMyFactors(c.ctx(), &identityv1.ListMyFactorsRequest{})
	if err != nil {
		return fmt.Errorf("listing factors: %w", err)
	}
	return c.showConfirming(f, mine)
}

func (c *call) showConfirming(f form, mine *identityv1.ListMyFactorsResponse) error {
	data := proving{Path: "/account/confirm", Next: c.wanted(), Lead: "confirm.lead", Recovery: mine.GetRecoveryCodesLeft() > 0}
	data.Password = len(mine.GetFactors()) == 0 // a factor is what whoever has one is asked for
	for _, one := range mine.GetFactors() {
		data.Code = data.Code || one.GetKind() == identityv1.FactorKind_FACTOR_KIND_TOTP
		data.Passkey = data.Passkey || one.GetKind() == identityv1.FactorKind_FACTOR_KIND_PASSKEY
	}
	return c.show(page{name: "prove", title: "confirm.title", form: f, data: data, bare: true})
}

// confirm is a second look at who asks: it counts for 10 minutes.
func confirm(c *call) error {
	f, err := c.proveBy(c.stepUp)
	if err != nil {
		return err
	}
	if len(f.Problems) > 0 {
		return c.showConfirm(f)
	}
	return c.redirect(c.next())
}

func (c *call) stepUp(ctx context.Context, proof *identityv1.FactorProof) error {
	if proof.GetProof() == nil {
		answer, err := c.Clients.Accounts.ConfirmIdentity(ctx, &identityv1.ConfirmIdentityRequest{
			Password: c.r.PostForm.Get("password"),
		})
		if err != nil {
			return fmt.Errorf("confirming by the password: %w", err)
		}
		return c.hold(answer.GetSessionToken(), answer.GetSession())
	}
	answer, err := c.Clients.SecondFactors.StepUp(ctx, &identityv1.StepUpRequest{Proof: proof})
	if err != nil {
		return fmt.Errorf("confirming by a factor: %w", err)
	}
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}

// proveBy reads what was typed, or what a passkey answered, and gives the form
// with what is wrong.
func (c *call) proveBy(do func(context.Context, *identityv1.FactorProof) error) (form, error) {
	f := c.typed()
	proof := c.proof()
	if field := fieldToProve(f); field != "" && f.Value(field) == "" {
		f.need(c, field)
		return f, nil
	}
	_, err := c.requestID("prove")
	if err == nil {
		err = do(c.ctx(), proof)
	}
	if err == nil {
		return f, nil
	}
	f, err = c.refused(f, err)
	for i := range f.Problems {
		if f.Problems[i].Field == "" || f.Problems[i].Field == "email" {
			f.Problems[i].Field = fieldToProve(f)
		}
	}
	return f, err
}

// fieldToProve is the field of the way that was pressed; none for a passkey.
func fieldToProve(f form) string {
	switch f.Value("way") {
	case "password":
		return "password"
	case "recovery":
		return "recovery_code"
	case "passkey":
		return ""
	default:
		return "code"
	}
}

func (c *call) proof() *identityv1.FactorProof {
	f := c.typed()
	switch f.Value("way") {
	case "password":
		return &identityv1.FactorProof{}
	case "recovery":
		return &identityv1.FactorProof{Proof: &identityv1.FactorProof_RecoveryCode{RecoveryCode: f.Value("recovery_code")}}
	case "passkey":
		return &identityv1.FactorProof{Proof: &identityv1.FactorProof_Passkey{Passkey: c.passkeyAnswer()}}
	default:
		return &identityv1.FactorProof{Proof: &identityv1.FactorProof_TotpCode{TotpCode: f.Value("code")}}
	}
}

// wanted is where the person wanted to go, inside this site; "" for nowhere.
func (c *call) wanted() string { return ownPath(c.r.FormValue("next")) }

// lead is the page that an error leads to, where the person can do what was
// asked for; "" for other errors.
func (c *call) lead(err error) string {
	onward := c.wanted()
	if onward == "" {
		onward = c.returnPath()
	}
	switch fault.ReasonOf(err) {
	case reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED:
		switch {
		case c.signedIn && len(c.session.FactorsDue) > 0:
			return "/sign-in/factor" + nextQuery(onward)
		case c.signedIn: // it was proven, and is asked for again
			return "/account/confirm" + nextQuery(onward)
		}
	case reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED:
		c.say(notice{Text: c.text("factors.needed"), Warn: true})
		return "/account/factors" + nextQuery(onward)
	case reasonv1.Reason_REASON_STEP_UP_REQUIRED:
		return "/account/confirm" + nextQuery(onward)
	default:
	}
	return ""
}
