package main

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

// kept are the figures of an earlier run, as it printed them, below its date.
//
//go:embed figures.txt
var kept string

// figure prints one result, three digits of it at least, and compares it with
// the earlier one.
func figure(out io.Writer, name string, value float64, unit string) {
	fmt.Fprintf(out, "BENCH %s=%s %s\n", name, digits(value), unit)
	fmt.Fprintln(out, "      "+comparison(readFigures(kept), name, value))
}

func digits(value float64) string {
	if value >= 100 {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.3g", value)
}

// figures are those of one run.
type figures struct {
	date  string
	value map[string]float64
	unit  map[string]string
}

func readFigures(text string) figures {
	out := figures{value: map[string]float64{}, unit: map[string]string{}}
	for line := range strings.Lines(text) {
		if date, ok := strings.CutPrefix(line, "# "); ok {
			out.date = strings.TrimSpace(date)
			continue
		}
		var value float64
		name, rest, _ := strings.Cut(strings.TrimPrefix(line, "BENCH "), "=")
		number, unit, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if _, err := fmt.Sscan(number, &value); err == nil {
			out.value[name], out.unit[name] = value, unit
		}
	}
	return out
}

// comparison says what the figure was, and by how much it moved.
func comparison(earlier figures, name string, value float64) string {
	was, ok := earlier.value[name]
	if !ok || was == 0 {
		return "no earlier figure"
	}
	return fmt.Sprintf("%s: %s %s, now %+.0f %%", earlier.date, digits(was), earlier.unit[name], 100*(value/was-1))
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
