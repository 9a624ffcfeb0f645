package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func program() []byte { return []byte(strings.Repeat("export const yes = 1;\n", 100)) }

// ask gets one file, of which one.js has a copy in gzip.
func ask(t *testing.T, name string, header http.Header) *http.Response {
	t.Helper()
	var smaller bytes.Buffer
	w := gzip.NewWriter(&smaller)
	_, err := w.Write(program())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	files := fstest.MapFS{
		"assets/one.js": {Data: program()}, "assets/one.js.gz": {Data: smaller.Bytes()},
		"assets/two.js": {Data: program()},
	}
	answer := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/"+name, nil)
	r.URL.Path, r.Header = name, header
	(&assets{files: files, problems: problem.NewWriter("https://gateway.test", telemetry.Discard().Log)}).ServeHTTP(answer, r)
	return answer.Result()
}

func TestAFileIsSentInGzipToWhoTakesIt(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		name, takes string
		encoding    string
	}{
		"a browser":           {name: "assets/one.js", takes: "gzip, deflate, br, zstd", encoding: "gzip"},
		"weighed":             {name: "assets/one.js", takes: "br;q=1.0, GZIP;q=0.8", encoding: "gzip"},
		"says nothing":        {name: "assets/one.js"},
		"something else":      {name: "assets/one.js", takes: "br"},
		"anything but gzip":   {name: "assets/one.js", takes: "*, gzip;q=0"},
		"not a little":        {name: "assets/one.js", takes: "gzip; q=0.000"},
		"a file without copy": {name: "assets/two.js", takes: "gzip"},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			answer := ask(t, c.name, http.Header{"Accept-Encoding": {c.takes}})
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.Equal(t, c.encoding, answer.Header.Get("Content-Encoding"))
			require.Equal(t, "Accept-Encoding", answer.Header.Get("Vary"))
			require.Equal(t, "public, max-age=31536000, immutable", answer.Header.Get("Cache-Control"))
			require.Equal(t, "text/javascript; charset=utf-8", answer.Header.Get("Content-Type"))
			require.Equal(t, program(), read(t, answer))
		})
	}
}

func read(t *testing.T, answer *http.Response) []byte {
	t.Helper()
	body := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		var err error
		body, err = gzip.NewReader(body)
		require.NoError(t, err)
	}
	content, err := io.ReadAll(body)
	require.NoError(t, err)
	return content
}

// A cache that kept one of the two does not take the other for it.
func TestAFileAndItsCopyHaveTagsOfTheirOwn(t *testing.T) {
	t.Parallel()
	gzipped, plain := http.Header{"Accept-Encoding": {"gzip"}}, http.Header{}
	tag := ask(t, "assets/one.js", gzipped).Header.Get("ETag")
	require.NotEqual(t, tag, ask(t, "assets/one.js", plain).Header.Get("ETag"))
	gzipped.Set("If-None-Match", tag)
	plain.Set("If-None-Match", tag)
	require.Equal(t, http.StatusNotModified, ask(t, "assets/one.js", gzipped).StatusCode)
	require.Equal(t, http.StatusOK, ask(t, "assets/one.js", plain).StatusCode)
}

func TestWhatIsNoFileIsNotFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"assets/", "assets/nothing.js", "assets/../assets/one.js"} {
		require.Equal(t, http.StatusNotFound, ask(t, name, http.Header{}).StatusCode, name)
	}
}
