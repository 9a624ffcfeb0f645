package pages

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	wcag "github.com/aval-access/aval/services/kit/contrast"
)

// look is what a page of a partner's request looks like (R8). The colour stands
// in a stylesheet of its own, and the logo in a file: both are fetched from us.
type look struct{ Name, Style, Logo string }

// lookOf asks what a partner's pages look like. No question waits for a
// picture: without an answer the page is ours.
func (c *call) lookOf(partner string) *look {
	brand, err := c.brandOf(partner)
	if err != nil {
		c.Log.WarnContext(c.r.Context(), "page_unbranded", "partner", partner, "error", err)
	}
	if brand.GetVersion() == "" {
		return nil
	}
	base := "/brand/" + partner + "/" + brand.GetVersion() + "/"
	out := &look{Name: brand.GetName()}
	if brand.GetColor() != "" {
		out.Style = base + "brand.css"
	}
	if len(brand.GetLogo()) > 0 {
		out.Logo = base + "logo.png"
	}
	return out
}

func (c *call) brandOf(partner string) (*partnersupportv1.Brand, error) {
	found, err := c.Clients.Brands.LookupBrand(c.linkCtx(), &partnersupportv1.LookupBrandRequest{PartnerId: partner})
	if err != nil {
		return nil, fmt.Errorf("looking a brand up: %w", err)
	}
	return found.GetBrand(), nil
}

// brandStyle is the stylesheet of a partner's pages: its colour, and the ink that
// is read on it.
func brandStyle(c *call) error {
	return c.brandFile("text/css; charset=utf-8", func(brand *partnersupportv1.Brand) []byte {
		if brand.GetColor() == "" {
			return nil
		}
		return []byte(strings.NewReplacer("{paint}", brand.GetColor(), "{ink}", wcag.Ink(brand.GetColor())).Replace(
			`.top { border-bottom: 4px solid {paint}; }
.button.big, .button.big:hover { background: {paint}; border-color: currentColor; color: {ink}; }
`))
	})
}

// brandLogo is the picture, a PNG that partnersupport made.
func brandLogo(c *call) error {
	return c.brandFile("image/png", (*partnersupportv1.Brand).GetLogo)
}

// brandFile serves a part of a brand under the version that a page named, which
// never changes; another version is not there.
func (c *call) brandFile(kind string, part func(*partnersupportv1.Brand) []byte) error {
	brand, err := c.brandOf(c.r.PathValue("partner"))
	if err != nil {
		return err
	}
	body := part(brand)
	if brand.GetVersion() != c.r.PathValue("version") || len(body) == 0 {
		return errNoPage
	}
	newAsset("", "", kind, body).serve(c.w, c.r)
	return nil
}

// brandPage is where a partner's administrators choose their brand (R8).
func brandPage(c *call) error {
	found, err := c.Clients.Brands.GetBrand(c.ctx(), &partnersupportv1.GetBrandRequest{PartnerId: c.org()})
	if err != nil {
		return fmt.Errorf("getting the brand: %w", err)
	}
	brand := found.GetBrand()
	return c.showBrand(form{values: url.Values{"name": {brand.GetName()}, "color": {brand.GetColor()}}}, brand.GetLogo())
}

func (c *call) showBrand(f form, logo []byte) error {
	var shown template.URL
	if len(logo) > 0 { // a PNG of our making, never what was sent
		shown = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(logo))
	}
	return c.show(page{name: "brand", title: "menu.brand", crumbs: []string{"menu.settings"}, form: f, data: shown})
}

// saveBrand changes the words and the colour, and the logo where a file was
// chosen or the old one is to go.
func saveBrand(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("brand")
	if err == nil {
		err = c.once(func() error { return c.updateBrand(f, requestID) })
	}
	if err == nil {
		c.say(notice{Text: c.text("brand.saved")})
		return c.redirect("/partner/brand")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showBrand(f, nil)
}

func (c *call) updateBrand(f form, requestID string) error {
	name, color := f.Value("name"), strings.TrimSpace(f.Value("color"))
	in := &partnersupportv1.UpdateBrandRequest{PartnerId: c.org(), Name: &name, Color: &color, RequestId: requestID}
	logo, err := c.chosenFile("logo")
	switch {
	case err != nil:
		return err
	case len(logo) > 0:
		in.Logo = logo
	case f.Picked("no_logo", "yes"):
		in.Logo = []byte{}
	}
	if _, err := c.Clients.Brands.UpdateBrand(c.ctx(), in); err != nil {
		return fmt.Errorf("changing the brand: %w", err)
	}
	return nil
}

// chosenFile is the content of a file that was chosen; none is empty.
func (c *call) chosenFile(name string) ([]byte, error) {
	if c.r.MultipartForm == nil || len(c.r.MultipartForm.File[name]) == 0 {
		return nil, nil
	}
	file, err := c.r.MultipartForm.File[name][0].Open()
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	return data, nil
}

// pictures are where a page may take pictures from.
func (p page) pictures() string {
	if p.look == nil {
		return "data:"
	}
	return "'self' data:"
}
