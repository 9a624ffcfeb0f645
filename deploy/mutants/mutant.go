package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// all are the mutants in the order in which they are tried.
func all() []mutant {
	return slices.Concat(durability, partners, consents, doors, invitations, rows, accounts, factors, members, ledgers, clients)
}

// mutant is one defence, broken on purpose.
type mutant struct {
	// id is the threat model's: m1 to m20, or the threat's own.
	id string
	// breaks says what no longer holds.
	breaks string
	edits  []edit
	// pkg is the folder of the package whose test must go red, test its -run
	// expression.
	pkg, test string
}

// edit replaces a text that stands exactly once in a file.
type edit struct{ file, old, new string }

var errStale = errors.New("stale")

// apply gives the changed text of a file. When what the edit looks for is not
// there, or there twice, the mutant no longer says what it breaks: it is stale.
func (e edit) apply(text string) (string, error) {
	if n := strings.Count(text, e.old); n != 1 {
		return "", fmt.Errorf("%w: the text to replace stands %d times in %s", errStale, n, e.file)
	}
	return strings.Replace(text, e.old, e.new, 1), nil
}

// changed gives the files that the mutant changes, with their new texts.
func (m mutant) changed(root string) (map[string]string, error) {
	out := map[string]string{}
	for _, e := range m.edits {
		text, ok := out[e.file]
		if !ok {
			raw, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errStale, err)
			}
			text = string(raw)
		}
		text, err := e.apply(text)
		if err != nil {
			return nil, err
		}
		out[e.file] = text
	}
	return out, nil
}

// overlay writes the mutant's files into dir, and beside them the list that
// go's -overlay reads; it gives the list's path.
func (m mutant) overlay(root, dir string) (string, error) {
	files, err := m.changed(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		path := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("writing the changed file: %w", err)
		}
		replace[filepath.Join(root, file)] = path
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("writing the overlay: %w", err)
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// treeAbove is the folder of go.work, here or above.
func treeAbove() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run it inside the tree: there is no go.work above")
		}
		dir = parent
	}
}
