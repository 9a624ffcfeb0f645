package ledgerfile

import (
	"io"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/csvfile"
)

// Format is how a file is written.
type Format struct {
	write   func(w io.Writer, begin func(), pages Pages) error
	headers func(w http.ResponseWriter)
}

// JSON is the LedgerBundle of the contract.
func JSON() Format {
	return Format{Write, func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", `attachment; filename="ledger.json"`)
		w.Header().Set("Cache-Control", "no-store")
	}}
}

// CSV is the table.
func CSV() Format {
	return Format{WriteCSV, func(w http.ResponseWriter) { csvfile.Headers(w, "ledger.csv") }}
}

// Write writes the file.
func (f Format) Write(w io.Writer, pages Pages) error { return f.write(w, func() {}, pages) }

// Send answers the file to a browser. An error before its first row leaves the
// answer unwritten, a later one cuts it off: a file that is not whole must not
// look so.
func (f Format) Send(w http.ResponseWriter, pages Pages) error {
	began := false
	err := f.write(w, func() {
		began = true
		f.headers(w)
	}, pages)
	if err != nil && began {
		panic(http.ErrAbortHandler)
	}
	return err
}
