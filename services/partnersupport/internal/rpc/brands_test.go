package rpc_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

func ptr[T any](v T) *T { return &v }

func samplePNG(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, 640, 96))))
	return out.Bytes()
}

// R8: a partner's administrator sets name, colour and logo, each for itself;
// whoever shows them to a client reads what stands, and nobody else changes it.
func TestABrandIsSetPieceByPiece(t *testing.T) {
	t.Parallel()
	b := setup(t)
	brands, partner := v1.NewBrandServiceClient(b.gateway(t)), b.partner.Text("org")
	update := func(req *v1.UpdateBrandRequest) (*v1.Brand, error) {
		req.PartnerId = partner
		answer, err := brands.UpdateBrand(b.as(t, b.admin), req)
		return answer.GetBrand(), err
	}
	none, err := brands.GetBrand(b.as(t, b.admin), &v1.GetBrandRequest{PartnerId: partner})
	require.NoError(t, err)
	require.Empty(t, none.GetBrand().GetVersion())

	_, err = update(&v1.UpdateBrandRequest{Name: ptr(" Cabinet Lumen "), Color: ptr("#0D5C52"), RequestId: "one"})
	require.NoError(t, err)
	set, err := update(&v1.UpdateBrandRequest{Logo: samplePNG(t)})
	require.NoError(t, err)
	require.Equal(t, "Cabinet Lumen", set.GetName())
	require.Equal(t, "#0d5c52", set.GetColor())
	require.Equal(t, "2", set.GetVersion())
	made, err := png.DecodeConfig(bytes.NewReader(set.GetLogo()))
	require.NoError(t, err)
	require.Equal(t, 320, made.Width)

	shown, err := v1.NewBrandServiceClient(b.server.Client(t, "notification")).LookupBrand(t.Context(), &v1.LookupBrandRequest{PartnerId: partner})
	require.NoError(t, err)
	require.Equal(t, set.GetLogo(), shown.GetBrand().GetLogo())
	nobody, err := brands.LookupBrand(t.Context(), &v1.LookupBrandRequest{PartnerId: id.New().Text("org")})
	require.NoError(t, err)
	require.Empty(t, nobody.GetBrand().GetVersion())

	_, err = brands.UpdateBrand(b.as(t, id.New()), &v1.UpdateBrandRequest{PartnerId: partner, Name: ptr("X")})
	require.Equal(t, reasonv1.Reason_REASON_PERMISSION_DENIED, fault.ReasonOf(err))
	bare, err := update(&v1.UpdateBrandRequest{Logo: []byte{}, Color: ptr("")})
	require.NoError(t, err)
	require.Empty(t, bare.GetLogo())
	require.Empty(t, bare.GetColor())
	require.Equal(t, "Cabinet Lumen", bare.GetName())
}

// H1, H2, T-21: a brand is words, a colour and a picture, and nothing else.
func TestHostileBrandsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	brands := v1.NewBrandServiceClient(b.gateway(t))
	for name, req := range map[string]*v1.UpdateBrandRequest{
		"a colour that is a rule":  {Color: ptr("red;background:url(//x)")},
		"a colour that is a name":  {Color: ptr("red")},
		"a short colour":           {Color: ptr("#fff")},
		"a name that turns around": {Name: ptr("Cabinet \u202eneml")},
		"a name too long":          {Name: ptr(string(bytes.Repeat([]byte("x"), 81)))},
		"an SVG":                   {Logo: []byte(`<svg onload="alert(1)"/>`)},
		"HTML":                     {Logo: []byte("<script>alert(1)</script>")},
		"a file too heavy":         {Logo: bytes.Repeat([]byte("x"), 128<<10+1)},
	} {
		req.PartnerId = b.partner.Text("org")
		_, err := brands.UpdateBrand(b.as(t, b.admin), req)
		require.Equal(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.ReasonOf(err), name)
	}
}
