package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// runs is how often each mutant's test must go red.
	runs = 5
	// testTimeout ends a test that hangs, which is not the same as red.
	testTimeout = 2 * time.Minute
)

var (
	errNotGreen = errors.New("its test is not green without it")
	errBuild    = errors.New("it does not build")
	errNeither  = errors.New("its test neither passed nor failed")
)

// lab builds and runs tests of one tree, as it is or mutated, in a folder of
// its own.
type lab struct {
	root, dir string
	goflags   string
	seed      int64
	// green remembers the tests that were seen green, or why not.
	green map[string]error
}

func newLab(ctx context.Context, root string, seed int64) (*lab, error) {
	command := exec.CommandContext(ctx, "go", "env", "GOFLAGS")
	command.Dir = root
	goflags, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("asking go for its flags: %w", err)
	}
	dir, err := os.MkdirTemp("", "aval-mutants-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	return &lab{root: root, dir: dir, goflags: strings.TrimSpace(string(goflags)), seed: seed, green: map[string]error{}}, nil
}

func (l *lab) close() error { return os.RemoveAll(l.dir) }

// judge tries one mutant and prints its line.
func (l *lab) judge(ctx context.Context, out io.Writer, m mutant) bool {
	began := time.Now()
	caught, err := l.try(ctx, m)
	took := time.Since(began).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		fmt.Fprintf(out, "MUTANT %s not tried in %s %s: %v\n", m.id, took, m.test, err)
	case caught < runs:
		fmt.Fprintf(out, "MUTANT %s ESCAPED, caught %d/%d in %s %s: %s\n", m.id, caught, runs, took, m.test, m.breaks)
	default:
		fmt.Fprintf(out, "MUTANT %s caught %d/%d in %s %s\n", m.id, caught, runs, took, m.test)
	}
	return err == nil && caught == runs
}

// try gives how many of the runs were red.
func (l *lab) try(ctx context.Context, m mutant) (int, error) {
	dir, err := os.MkdirTemp(l.dir, "mutant-")
	if err != nil {
		return 0, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, err := m.overlay(l.root, dir)
	if err != nil {
		return 0, err
	}
	if err := l.greenBefore(ctx, m); err != nil {
		return 0, err
	}
	b := bench{lab: l, mutant: m, binary: filepath.Join(dir, "mutated.test"), goflags: l.goflags + " -overlay=" + overlay}
	if err := b.build(ctx); err != nil {
		return 0, err
	}
	caught := 0
	for i := range int64(runs) {
		passed, err := b.run(ctx, l.seed+i)
		if err != nil {
			return caught, err
		}
		if !passed {
			caught++
		}
	}
	return caught, nil
}

// greenBefore sees the test pass once on the tree as it is.
func (l *lab) greenBefore(ctx context.Context, m mutant) error {
	key := m.pkg + " " + m.test
	err, known := l.green[key]
	if !known {
		err = l.seeGreen(ctx, m)
		l.green[key] = err
	}
	return err
}

func (l *lab) seeGreen(ctx context.Context, m mutant) error {
	b := bench{lab: l, mutant: m, binary: filepath.Join(l.dir, "as-it-is.test"), goflags: l.goflags}
	if err := b.build(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNotGreen, err)
	}
	passed, err := b.run(ctx, l.seed)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNotGreen, err)
	case !passed:
		return errNotGreen
	default:
		return nil
	}
}

// bench is one test binary. What the test itself builds gets the same flags.
type bench struct {
	lab     *lab
	mutant  mutant
	binary  string
	goflags string
}

func (b bench) build(ctx context.Context) error {
	command := b.command(ctx, b.lab.root, "go", "test", "-c", "-o", b.binary, "./"+b.mutant.pkg)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %w\n%s", errBuild, err, said)
	}
	return nil
}

// run tells whether the test passed. A test that was skipped, that hung, or
// that there is not, is an error.
func (b bench) run(ctx context.Context, seed int64) (passed bool, err error) {
	command := b.command(ctx, filepath.Join(b.lab.root, b.mutant.pkg), b.binary, "-test.v", "-test.count=1",
		"-test.run="+b.mutant.test, "-test.shuffle="+strconv.FormatInt(seed, 10), "-test.timeout="+testTimeout.String())
	raw, failure := command.CombinedOutput()
	said := string(raw)
	ran := strings.Count(said, "--- PASS: ") > strings.Count(b.mutant.test, "/") // a line for each level of subtests
	switch {
	case strings.Contains(said, "--- SKIP: ") || strings.Contains(said, "panic: test timed out"):
	case failure == nil && ran:
		return true, nil
	case failure != nil && strings.Contains(said, "--- FAIL: "):
		return false, nil
	}
	return false, fmt.Errorf("%w (%v)\n%s", errNeither, failure, lastOf(said))
}

func (b bench) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS="+b.goflags)
	return command
}

// lastOf keeps the end of an output, where the reason stands.
func lastOf(said string) string {
	const enough = 2000
	return said[max(0, len(said)-enough):]
}
