package pages

import (
	"context"
	"net/http"
	"net/http/httptest"
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
