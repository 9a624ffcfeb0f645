// Package testsize says how large a test is: as make test runs it, or as long
// as make chaos does. What is tested is the same; only figures differ.
package testsize

import (
	"os"
	"testing"
)

// Variable names the size: "ci", which is meant when it is empty, or "long".
const Variable = "AVAL_TEST_SIZE"

// Of gives the figure for the size that is asked for.
func Of(t testing.TB, ci, long int) int {
	t.Helper()
	switch size := os.Getenv(Variable); size {
	case "", "ci":
		return ci
	case "long":
		return long
	default:
		t.Fatalf("%s=%s: it must be ci or long", Variable, size)
		return 0
	}
}
