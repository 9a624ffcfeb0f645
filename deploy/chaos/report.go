package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// report counts what happened. Safe for concurrent use.
type report struct {
	out io.Writer

	mu         sync.Mutex
	counts     map[string]int
	violations []string
}

func (r *report) count(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[what]++
}

func (r *report) violation(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	r.violations = append(r.violations, text)
	fmt.Fprintf(r.out, "%s VIOLATION %s\n", time.Now().UTC().Format(time.TimeOnly), text)
}

// tell prints what is worth reading and breaks no rule.
func (r *report) tell(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "%s %s\n", time.Now().UTC().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// repeated tells of what a caller should not get to see, whatever broke.
func (r *report) repeated(method string, err error) {
	r.count("calls_repeated")
	if fault.Is(err, reasonv1.Reason_REASON_INTERNAL) {
		r.count("answers_internal")
		r.tell("INTERNAL from %s: %v", method, err)
	}
}

// took is a figure of the time after the last fault; above its limit it is a
// violation.
func (r *report) took(what string, d time.Duration) {
	r.line("CHAOS %s=%.1f s\n", what, d.Seconds())
	if d > convergesWithin {
		r.violation("%s took %s, more than %s", what, d.Round(time.Second), convergesWithin)
	}
}

func (r *report) line(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, format, args...)
}

func (r *report) violated() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.violations) > 0
}

func (r *report) print() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Fprintf(r.out, "CHAOS %s=%d\n", what, r.counts[what])
	}
	fmt.Fprintf(r.out, "CHAOS violations=%d\n", len(r.violations))
}
