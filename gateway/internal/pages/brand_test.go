package pages

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// branded answers for partnersupport what it would of one partner.
type branded struct {
	partnersupportv1.BrandServiceClient
}

func (branded) LookupBrand(context.Context, *partnersupportv1.LookupBrandRequest, ...grpc.CallOption) (*partnersupportv1.LookupBrandResponse, error) {
	return &partnersupportv1.LookupBrandResponse{Brand: &partnersupportv1.Brand{
		Name: "Lumière & Cie", Color: "#ffd400", Logo: []byte("\x89PNG"), Version: "2",
	}}, nil
}

// R8: a page of a partner's request wears its colour and logo, from files of our
// own origin, and allows nothing else for it.
func TestPagesWearThePartnersBrand(t *testing.T) {
	t.Parallel()
	page := samples(t, "fr")["consent branded"]
	require.Contains(t, page.html, `<link rel="stylesheet" href="/brand/org_1/2/brand.css">`)
	require.Contains(t, page.html, `<img src="/brand/org_1/2/logo.png" alt="Lumière &amp; Cie" class="logo">`)
	require.Contains(t, page.header.Get("Content-Security-Policy"), "img-src 'self' data:;")
	require.Contains(t, samples(t, "fr")["consent"].header.Get("Content-Security-Policy"), "img-src data:;")
}

// R8: words on the colour are black or white, whichever is read; a version that
// is not the brand's any more is not there.
func TestBrandFilesAreThoseOfTheirVersion(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Clients.Brands = branded{}
	for path, want := range map[string]struct {
		status     int
		kind, text string
	}{
		"/brand/org_1/2/brand.css": {http.StatusOK, "text/css; charset=utf-8", "background: #ffd400; border-color: currentColor; color: #000000"},
		"/brand/org_1/2/logo.png":  {http.StatusOK, "image/png", "\x89PNG"},
		"/brand/org_1/1/logo.png":  {http.StatusNotFound, "text/html; charset=utf-8", ""},
		"/brand/org_1/2/logo.svg":  {http.StatusNotFound, "text/html; charset=utf-8", ""},
	} {
		w := httptest.NewRecorder()
		s.routes().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, want.status, w.Code, path)
		require.Equal(t, want.kind, w.Header().Get("Content-Type"), path)
		require.Contains(t, w.Body.String(), want.text, path)
	}
}

// changed notes what a partner's page sends on.
type changed struct {
	partnersupportv1.BrandServiceClient
	sent *partnersupportv1.UpdateBrandRequest
}

func (c *changed) UpdateBrand(_ context.Context, in *partnersupportv1.UpdateBrandRequest, _ ...grpc.CallOption) (*partnersupportv1.UpdateBrandResponse, error) {
	c.sent = in
	return &partnersupportv1.UpdateBrandResponse{}, nil
}

// R8: a page that names no new logo leaves the old one; one that takes it away
// says so.
func TestTheBrandsPageSendsWhatWasChosen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file   string
		fields url.Values
		want   []byte
	}{
		"no file":        {"", url.Values{"name": {"Lumière"}}, nil},
		"a file":         {"\x89PNG", url.Values{"name": {"Lumière"}}, []byte("\x89PNG")},
		"none any more":  {"", url.Values{"no_logo": {"yes"}}, []byte{}},
		"a file instead": {"\x89PNG", url.Values{"no_logo": {"yes"}}, []byte("\x89PNG")},
	} {
		s, partnersupport := setup(t), &changed{}
		s.Clients.Brands = partnersupport
		page, _ := partnerAdmin(s, "fr", "/partner/brand")
		page.r = posted(t, c.fields, c.file)
		require.NoError(t, page.readForm(), name)
		require.NoError(t, page.updateBrand(page.typed(), "form-1"), name)
		require.Equal(t, c.fields.Get("name"), partnersupport.sent.GetName(), name)
		require.Equal(t, c.want, partnersupport.sent.Logo, name)
	}
}

// posted is a form with a file, as a browser sends it.
func posted(t *testing.T, fields url.Values, file string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, values := range fields {
		require.NoError(t, form.WriteField(field, values[0]))
	}
	part, err := form.CreateFormFile("logo", "logo.png")
	require.NoError(t, err)
	_, err = part.Write([]byte(file))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	r := httptest.NewRequest(http.MethodPost, "/partner/brand", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}
