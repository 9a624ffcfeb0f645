package e2e

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R8: a partner's administrator sets its brand, and its clients see it on the
// mail and on the page of a request, beside the registered name; a collaborator
// changes nothing of it.
func TestClientsSeeThePartnersBrand(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		name, color := "Lumière & Cie", "#FFD400"
		var logo bytes.Buffer
		require.NoError(t, png.Encode(&logo, image.NewNRGBA(image.Rect(0, 0, 640, 96))))
		set := &partnersupportv1.UpdateBrandRequest{PartnerId: s.partner.ID, Name: &name, Color: &color, Logo: logo.Bytes()}
		_, err := partnersupportv1.NewBrandServiceClient(s.person).UpdateBrand(t.Context(), set)
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
		changed, err := partnersupportv1.NewBrandServiceClient(s.partner.Owner).UpdateBrand(t.Context(), set)
		require.NoError(t, err)
		require.Equal(t, "#ffd400", changed.GetBrand().GetColor())

		_, err = b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
		require.NoError(t, err)
		mail, err := b.ReadMail(t.Context(), s.client.Owner.Email, journey.ConsentSubject)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(mail.Text, name), mail.Text)
		require.Contains(t, mail.Text, s.partner.Name, "the registered name stands there too")
		require.Contains(t, mail.HTML, `<img src="cid:logo" alt="Lumière &amp; Cie"`)
		require.Contains(t, mail.HTML, "background:#ffd400;color:#000000")

		page := get(t, driver.HTTPClient(nil), mail.Link("/c/"))
		base := "/brand/" + s.partner.ID + "/" + changed.GetBrand().GetVersion()
		require.Contains(t, page, `href="`+base+`/brand.css"`)
		require.Contains(t, get(t, driver.HTTPClient(nil), b.stack.URL()+base+"/brand.css"), "#ffd400")
		require.Equal(t, string(changed.GetBrand().GetLogo()), get(t, driver.HTTPClient(nil), b.stack.URL()+base+"/logo.png"))
	})
}
