package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is one that is linked, with the folders of its linked packages.
type module struct {
	path, dir string
	packages  []string
}

// linkedBy lists the modules of others behind the packages, by path.
func linkedBy(ctx context.Context, packages []string) ([]module, error) {
	const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}"
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-f", format}, packages...)...)
	list.Stderr = os.Stderr
	said, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing what is linked: %w", err)
	}
	found := map[string]module{}
	for line := range strings.Lines(string(said)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue
		}
		m := found[fields[0]]
		m.path, m.dir, m.packages = fields[0], fields[1], append(m.packages, fields[2])
		found[m.path] = m
	}
	if len(found) == 0 {
		return nil, errors.New("listing what is linked: nothing is")
	}
	var out []module
	for _, m := range found {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return out, nil
}

// families names the licences of the module and of its linked packages that
// have one of their own. Every file must be recognised and allowed.
func (m module) families() ([]string, error) {
	var out []string
	var problems []error
	for _, file := range m.files() {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a licence: %w", err)
		}
		family, ok := familyOf(string(text))
		if !ok {
			problems = append(problems, fmt.Errorf("%s: the licence in %s is not on the list", m.path, filepath.Base(file)))
			continue
		}
		out = append(out, family)
	}
	if len(out)+len(problems) == 0 {
		problems = append(problems, fmt.Errorf("%s: there is no licence", m.path))
	}
	slices.Sort(out)
	return slices.Compact(out), errors.Join(problems...)
}

// files are the licence files of the linked packages' folders, up to the
// module's own.
func (m module) files() []string {
	dirs := map[string]bool{m.dir: true}
	for _, dir := range m.packages {
		for ; len(dir) > len(m.dir); dir = filepath.Dir(dir) {
			dirs[dir] = true
		}
	}
	var out []string
	for dir := range dirs {
		entries, _ := os.ReadDir(dir) // a folder that cannot be read has no licence, which is told
		for _, entry := range entries {
			if !entry.IsDir() && isLicence(entry.Name()) {
				out = append(out, filepath.Join(dir, entry.Name()))
			}
		}
	}
	slices.Sort(out)
	return out
}

func isLicence(name string) bool {
	if filepath.Ext(name) == ".go" {
		return false
	}
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"license", "licence", "copying", "unlicense"}, func(word string) bool {
		return strings.HasPrefix(name, word)
	})
}
