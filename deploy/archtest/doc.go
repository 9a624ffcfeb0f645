// Package archtest holds the rules of the house that a compiler does not
// check: who may import whom, what code never does, and which parts of the
// contracts must have their other half. It reads the source of the tree and
// the descriptors of the contracts, and runs nothing of either.
//
// Every rule is shown to fire on a planted violation. A table of exceptions
// gives each of its lines a reason, and a line that no longer excuses anything
// fails.
package archtest
