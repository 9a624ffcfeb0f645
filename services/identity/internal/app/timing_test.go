package app_test

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/testsize"
)

const (
	// warmUp are the timings that come first and do not count.
	warmUp = 20
	// leakage is the t of Welch's test above which two classes are told apart.
	leakage = 4.5
)

// T-22: how long the answer takes does not tell whether an address is anybody's.
// Both classes are asked in turn, so that a machine that slows down slows both.
func TestTimeTellsNothing(t *testing.T) {
	b := setup(t)
	b.registered(t, address)
	b.check = checker(t, b, unlimited())
	b.signIn.Check = b.check
	for name, ask := range map[string]func(address string, n int) error{
		"signing in": func(address string, n int) error {
			_, err := b.signIn.Do(t.Context(), typed(address, wrong+strconv.Itoa(n)))
			return err
		},
		"asking for a new password": func(address string, _ int) error {
			return b.requestReset().Do(t.Context(), address, domain.Origin{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var known, unknown []float64
			for n := range testsize.Of(t, 500, 20_000) + warmUp {
				first, second := address, "inconnu.martin@cabinet.fr"
				if n%2 == 1 {
					first, second = second, first
				}
				one, other := taken(ask, first, n), taken(ask, second, n)
				if n%2 == 1 {
					one, other = other, one
				}
				if n >= warmUp {
					known, unknown = append(known, one), append(unknown, other)
				}
			}
			require.Less(t, math.Abs(welch(trimmed(known), trimmed(unknown))), leakage)
		})
	}
}

func taken(ask func(string, int) error, address string, n int) float64 {
	start := time.Now()
	_ = ask(address, n) // refused or not: the same for both
	return float64(time.Since(start))
}

// trimmed leaves out the slowest tenth: what else the machine was doing then.
func trimmed(sample []float64) []float64 {
	sorted := slices.Sorted(slices.Values(sample))
	return sorted[:len(sorted)*9/10]
}

// welch is the t statistic of two samples of unequal variance.
func welch(a, b []float64) float64 {
	meanA, varA := moments(a)
	meanB, varB := moments(b)
	return (meanA - meanB) / math.Sqrt(varA/float64(len(a))+varB/float64(len(b)))
}

func moments(sample []float64) (mean, variance float64) {
	for _, x := range sample {
		mean += x / float64(len(sample))
	}
	for _, x := range sample {
		variance += (x - mean) * (x - mean) / float64(len(sample)-1)
	}
	return mean, variance
}
