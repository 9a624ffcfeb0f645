package logo_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/partnersupport/internal/logo"
)

func picture(w, h int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		out.Set(i%w, i/w, color.NRGBA{R: 13, G: 93, B: 82, A: 255})
	}
	return out
}

func noise(w, h int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range out.Pix {
		out.Pix[i] = byte(random.Uint32())
	}
	return out
}

func asPNG(t *testing.T, in image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, in))
	return out.Bytes()
}

func asJPEG(t *testing.T, in image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, in, nil))
	return out.Bytes()
}

// R8, H2: what is kept is a small PNG of ours, in the proportions of what came.
func TestPicturesAreMadeAnewAndSmall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  []byte
		want image.Point
	}{
		"a PNG":                {asPNG(t, picture(640, 96)), image.Pt(320, 48)},
		"a JPEG":               {asJPEG(t, picture(100, 200)), image.Pt(48, 96)},
		"a small one stays":    {asPNG(t, picture(20, 10)), image.Pt(20, 10)},
		"a line":               {asPNG(t, picture(2000, 1)), image.Pt(320, 1)},
		"noise is made less":   {asJPEG(t, noise(300, 90)), image.Pt(160, 48)},
		"a file with a script": {append(asPNG(t, picture(20, 10)), "<script>alert(1)</script>"...), image.Pt(20, 10)},
	} {
		out, err := logo.Clean(c.raw)
		require.NoError(t, err, name)
		require.LessOrEqual(t, len(out), 48<<10, name)
		require.NotContains(t, string(out), "script", name)
		made, err := png.Decode(bytes.NewReader(out))
		require.NoError(t, err, name)
		require.Equal(t, c.want, made.Bounds().Size(), name)
		again, err := logo.Clean(out)
		require.NoError(t, err, name)
		require.Equal(t, out, again, name)
	}
}

// T-21, H2: scripts, other kinds of file, broken ones and bombs are refused.
func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	var animation bytes.Buffer
	require.NoError(t, gif.Encode(&animation, picture(2, 2), nil))
	small := asPNG(t, picture(2, 2))
	for name, raw := range map[string][]byte{
		"nothing":               {},
		"an SVG":                []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"an SVG behind a PNG's": append([]byte("\x89PNG\r\n\x1a\n"), `<svg onload="alert(1)"/>`...),
		"HTML":                  []byte("<html><script>alert(1)</script></html>"),
		"a GIF":                 animation.Bytes(),
		"half a PNG":            small[:len(small)/2],
		"a huge PNG":            claim(small, 30000, 30000),
		"a PNG too wide":        claim(small, 2001, 1),
		"a PNG of 1.2 million":  claim(small, 1100, 1100),
		"a PNG of nothing":      claim(small, 0, 0),
		"a heavy file":          append(asPNG(t, picture(2, 2)), strings.Repeat("x", 128<<10)...),
		"a JPEG of many passes": append(asJPEG(t, picture(2, 2)), bytes.Repeat([]byte("\xff\xda"), 100)...),
		"half a JPEG":           asJPEG(t, picture(200, 200))[:100],
	} {
		_, err := logo.Clean(raw)
		require.ErrorIs(t, err, logo.ErrRefused, name)
	}
}

// claim makes a PNG say another size than it has.
func claim(raw []byte, w, h uint32) []byte {
	out := bytes.Clone(raw)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

// T-21: whatever comes, what is kept is a PNG within bounds, or nothing.
func FuzzClean(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := logo.Clean(raw)
		if err != nil {
			require.ErrorIs(t, err, logo.ErrRefused)
			return
		}
		made, err := png.Decode(bytes.NewReader(out))
		require.NoError(t, err)
		require.LessOrEqual(t, made.Bounds().Dx(), 320)
		require.LessOrEqual(t, made.Bounds().Dy(), 96)
	})
}
