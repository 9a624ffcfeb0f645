package pages

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// factorRow is one factor in the list.
type factorRow struct {
	ID, Kind, Name string
	Since, Used    time.Time
}

// factorList is the page of a person's second factors.
type factorList struct {
	Rows   []factorRow
	HasApp bool
	Left   int
	Next   string
}

func factorsPage(c *call) error { return c.showFactors(form{}) }

func (c *call) showFactors(f form) error {
	mine, err := c.Clients.Factors.ListMyFactors(c.ctx(), &identityv1.ListMyFactorsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing factors: %w", err)
	}
	return c.showFactorList(f, mine)
}

func (c *call) showFactorList(f form, mine *identityv1.ListMyFactorsResponse) error {
	data := factorList{Left: int(mine.GetRecoveryCodesLeft()), Next: c.wanted()}
	for _, one := range mine.GetFactors() {
		row := factorRow{
			ID: one.GetId(), Kind: c.text("factor." + one.GetKind().String()), Name: one.GetName(), Since: one.GetCreateTime().AsTime(),
		}
		if one.GetUseTime() != nil {
			row.Used = one.GetUseTime().AsTime()
		}
		data.HasApp = data.HasApp || one.GetKind() == identityv1.FactorKind_FACTOR_KIND_TOTP
		data.Rows = append(data.Rows, row)
	}
	return c.show(page{name: "factors", title: "factors.title", form: f, data: data, bare: true})
}

// enrolling is the page with an app's secret, shown once.
type enrolling struct {
	ID, Secret, Next string
	// Picture is the secret as a QR code; none once it was shown.
	Picture template.URL
}

func startTotp(c *call) error {
	if _, err := c.requestID("factors"); err != nil {
		return err
	}
	made, err := c.Clients.Factors.StartTotp(c.ctx(), &identityv1.StartTotpRequest{})
	if err != nil {
		return c.factorsAgain(fmt.Errorf("starting an app: %w", err))
	}
	picture, err := pictureOf(made.GetUri())
	if err != nil {
		return err
	}
	return c.showTotp(form{}, enrolling{ID: made.GetFactorId(), Secret: made.GetSecret(), Picture: picture})
}

func (c *call) showTotp(f form, data enrolling) error {
	data.Next = c.wanted()
	return c.show(page{name: "totp", title: "totp.title", form: f, data: data, bare: true})
}

// confirmTotp enrols the app; with a wrong code the form comes again, without
// the secret.
func confirmTotp(c *call) error {
	f := c.typed()
	data := enrolling{ID: c.r.PathValue("id")}
	if f.need(c, "code"); len(f.Problems) > 0 {
		return c.showTotp(f, data)
	}
	_, err := c.requestID("factors")
	if err != nil {
		return c.factorsAgain(err)
	}
	made, err := c.Clients.Factors.ConfirmTotp(c.ctx(), &identityv1.ConfirmTotpRequest{
		FactorId: data.ID, Code: f.Value("code"), Name: f.Value("name"),
	})
	if fault.Is(err, reasonv1.Reason_REASON_FACTOR_REFUSED) {
		f.add("code", fault.Text(reasonv1.Reason_REASON_FACTOR_REFUSED, c.lang))
		return c.showTotp(f, data)
	}
	if fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT) {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showTotp(f, data)
	}
	if err != nil {
		return c.factorsAgain(fmt.Errorf("confirming an app: %w", err))
	}
	return c.enrolled(made)
}

func startPasskey(c *call) error {
	if _, err := c.requestID("factors"); err != nil {
		return err
	}
	made, err := c.Clients.Factors.StartPasskey(c.ctx(), &identityv1.StartPasskeyRequest{})
	if err != nil {
		return c.factorsAgain(fmt.Errorf("starting a passkey: %w", err))
	}
	data := asking{Way: "create", Action: "/account/factors/passkey/answer", Back: "/account/factors", Naming: true}
	return c.ask("passkey.add.title", data, made.GetChallenge())
}

func addPasskey(c *call) error {
	if _, err := c.requestID("prove"); err != nil {
		return c.factorsAgain(err)
	}
	made, err := c.Clients.Factors.AddPasskey(c.ctx(), &identityv1.AddPasskeyRequest{
		Answer: c.passkeyAnswer(), Name: c.r.PostForm.Get("name"),
	})
	if err != nil {
		return c.factorsAgain(fmt.Errorf("adding a passkey: %w", err))
	}
	return c.enrolled(made)
}

// enrolment is what both kinds of enrolment answer.
type enrolment interface {
	GetSessionToken() string
	GetSession() *identityv1.Session
	GetRecoveryCodes() []string
}

// enrolled goes on in the session that has proven the factor; recovery codes
// are shown on the way, this once.
func (c *call) enrolled(made enrolment) error {
	if err := c.hold(made.GetSessionToken(), made.GetSession()); err != nil {
		return err
	}
	if codes := made.GetRecoveryCodes(); len(codes) > 0 {
		return c.showCodes(codes)
	}
	c.say(notice{Text: c.text("factors.added")})
	return c.redirect("/account/factors" + nextQuery(c.wanted()))
}

// codeList is the page of recovery codes.
type codeList struct {
	Codes []string
	Next  string
}

func (c *call) showCodes(list []string) error {
	next := c.wanted()
	if next == "" {
		next = "/account/factors"
	}
	return c.show(page{name: "codes", title: "codes.title", data: codeList{Codes: list, Next: next}, bare: true})
}

func newCodes(c *call) error {
	if _, err := c.requestID("factors"); err != nil {
		return c.factorsAgain(err)
	}
	made, err := c.Clients.Factors.RegenerateRecoveryCodes(c.ctx(), &identityv1.RegenerateRecoveryCodesRequest{})
	if err != nil {
		return c.factorsAgain(fmt.Errorf("making recovery codes: %w", err))
	}
	return c.showCodes(made.GetRecoveryCodes())
}

func renameFactor(c *call) error {
	requestID, err := c.requestID("factors")
	if err == nil {
		_, err = c.Clients.Factors.RenameMyFactor(c.ctx(), &identityv1.RenameMyFactorRequest{
			FactorId: c.r.PathValue("id"), Name: c.r.PostForm.Get("name"), RequestId: requestID,
		})
	}
	if err != nil {
		return c.factorsAgain(fmt.Errorf("renaming a factor: %w", err))
	}
	return c.redirect("/account/factors")
}

func removeFactor(c *call) error {
	_, err := c.requestID("factors")
	if err == nil {
		_, err = c.Clients.Factors.RemoveMyFactor(c.ctx(), &identityv1.RemoveMyFactorRequest{FactorId: c.r.PathValue("id")})
	}
	if err != nil {
		return c.factorsAgain(fmt.Errorf("removing a factor: %w", err))
	}
	c.say(notice{Text: c.text("factors.removed")})
	return c.redirect("/account/factors")
}

// factorsAgain shows the list with what was refused; a second look at who asks
// comes first where it is needed.
func (c *call) factorsAgain(refusal error) error {
	if fault.Is(refusal, reasonv1.Reason_REASON_STEP_UP_REQUIRED) {
		c.say(notice{Text: c.text("confirm.first")})
		return c.redirect("/account/confirm" + nextQuery("/account/factors"+nextQuery(c.wanted())))
	}
	f, err := c.refused(form{}, refusal)
	if err != nil {
		return err
	}
	return c.showFactors(f)
}

// pictureSide is the QR code's, in pixels.
const pictureSide = 240

// pictureOf draws the secret for a camera. It stands in the page itself, which
// nothing keeps: no address gives the secret a second time.
func pictureOf(uri string) (template.URL, error) {
	drawn, err := qr.Encode(uri, qr.M, qr.Auto)
	if err == nil {
		drawn, err = barcode.Scale(drawn, pictureSide, pictureSide)
	}
	var out bytes.Buffer
	if err == nil {
		err = png.Encode(&out, drawn)
	}
	if err != nil {
		return "", fmt.Errorf("drawing a secret: %w", err)
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())), nil
}
