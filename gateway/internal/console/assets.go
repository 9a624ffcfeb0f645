package console

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/services/kit/fault"
)

// assets are the program's files. Their names change with their content, so
// they are kept for ever. The build put a copy in gzip beside those that get
// smaller. Nothing else of the gateway is compressed: an answer that holds a
// secret beside what a request said would tell of it by its length (BREACH).
type assets struct {
	files    fs.FS
	problems *problem.Writer
}

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if !a.has(name) {
		a.problems.Write(w, r, fault.NotFound())
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Add("Vary", "Accept-Encoding")
	if a.has(name+".gz") && takesGzip(r.Header.Values("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		header.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		name += ".gz"
	}
	header.Set("ETag", strconv.Quote(path.Base(name)))
	http.ServeFileFS(w, r, a.files, name)
}

func (a *assets) has(name string) bool {
	info, err := fs.Stat(a.files, name)
	return err == nil && info.Mode().IsRegular()
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func takesGzip(header []string) bool {
	for one := range strings.SplitSeq(strings.Join(header, ","), ",") {
		coding, weight, _ := strings.Cut(one, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			_, q, given := strings.Cut(weight, "=")
			return !given || strings.Trim(q, " 0.") != ""
		}
	}
	return false
}
