// Command licences reads the licence files of every module that the packages
// given link, and fails for one that is not on the list of families which an
// Apache-2.0 product may be shipped with:
//
//	licences packages…
//
// A family is known by the sentences that make it what it is. What is not
// recognised is refused: somebody reads it and adds its family, or does
// without the module.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, packages []string) error {
	linked, err := linkedBy(ctx, packages)
	if err != nil {
		return err
	}
	var problems []error
	count := map[string]int{}
	for _, m := range linked {
		families, err := m.families()
		problems = append(problems, err)
		for _, family := range families {
			count[family]++
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d modules:", len(linked))
	for _, f := range allowed() {
		if count[f.name] > 0 {
			fmt.Fprintf(out, " %s %d", f.name, count[f.name])
		}
	}
	fmt.Fprintln(out)
	return nil
}
