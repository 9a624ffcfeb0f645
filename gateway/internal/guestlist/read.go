package guestlist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
)

// Options say how a file is read.
type Options struct {
	// Features are the columns that hold levels, by path and by label.
	Features []*membershipv1.Feature
	// Zone is where a day ends.
	Zone *time.Location
}

// Read reads a file: separated by semicolons, commas or tabs, with or without a
// byte order mark, in UTF-8 or as older spreadsheets write. What concerns the
// file as a whole is an error; what concerns a line stands in it.
func Read(data []byte, o Options) ([]Line, error) {
	text, err := Text(data)
	if err != nil {
		return nil, err
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator(text), -1, true
	header, err := reader.Read()
	if err != nil {
		return nil, fault.Invalid("file", "csv.empty")
	}
	columns := columnsOf(header, o)
	if !columns.has("email") {
		return nil, fault.Invalid("file", "csv.no_email_column")
	}
	var lines []Line
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(lines) == MaxLines {
			return nil, fault.Invalid("file", "csv.too_many")
		}
		lines = append(lines, columns.line(lineOf(reader, record, err), record, err))
	}
	if len(lines) == 0 {
		return nil, fault.Invalid("file", "csv.empty")
	}
	refuseRepeated(lines)
	return lines, nil
}

// refuseRepeated keeps the first line of each address.
func refuseRepeated(lines []Line) {
	seen := map[string]bool{}
	for i := range lines {
		address, err := email.Parse(lines[i].Row.GetEmail())
		if err != nil {
			continue // membership says what is wrong with it
		}
		if seen[address.Key()] {
			lines[i].wrong("email", "row.repeated")
		}
		seen[address.Key()] = true
	}
}

// Text gives a file's text; what is no UTF-8 was written by a spreadsheet of
// Western Europe.
func Text(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(data, 0) >= 0 {
		return "", fault.Invalid("file", "csv.encoding")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fault.Invalid("file", "csv.encoding")
	}
	return string(text), nil
}

// separator is the one that the header uses most.
func separator(text string) rune {
	header, _, _ := strings.Cut(text, "\n")
	best, most := ';', 0
	for _, one := range []rune{';', ',', '\t'} {
		if n := strings.Count(header, string(one)); n > most {
			best, most = one, n
		}
	}
	return best
}

// lineOf is where a record begins in the file.
func lineOf(r *csv.Reader, record []string, err error) int {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return broken.StartLine
	}
	if len(record) == 0 {
		return 0
	}
	line, _ := r.FieldPos(0)
	return line
}
