package pgboot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	oldestMajor = 15
	anyMajor    = 0
)

// findBinaries answers the folder that holds postgres and initdb.
func findBinaries(ctx context.Context, o Options) (string, error) {
	major, err := clusterMajor(filepath.Join(o.DataDir, "pg"))
	if err != nil {
		return "", err
	}
	for _, dir := range candidates() {
		if fits(ctx, dir, major) {
			return dir, nil
		}
	}
	cache := o.BinCache
	if cache == "" {
		cache = o.DataDir
	}
	dir, err := fetchBinaries(ctx, cache)
	if err != nil {
		return "", err
	}
	if !fits(ctx, dir, major) {
		return "", fmt.Errorf("the cluster needs postgres %d, which is not installed", major)
	}
	return dir, nil
}

// clusterMajor is the version that made the data, anyMajor for none yet.
func clusterMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return anyMajor, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading version of cluster: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("reading version of cluster: %w", err)
	}
	return major, nil
}

func candidates() []string {
	var dirs []string
	if dir := os.Getenv("AVAL_PG_BIN"); dir != "" {
		dirs = append(dirs, dir)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found) // the newest first
		dirs = append(dirs, found...)
	}
	return dirs
}

// fits tells whether the folder has both programs in a version we can use.
func fits(ctx context.Context, dir string, major int) bool {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return false
	}
	have := majorOf(string(out))
	return have >= oldestMajor && (major == anyMajor || have == major)
}

// majorOf reads "postgres (PostgreSQL) 15.14 (Debian …)" or "… 18beta1".
func majorOf(version string) int {
	_, after, found := strings.Cut(version, "(PostgreSQL) ")
	if !found {
		return 0
	}
	end := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(after)
	}
	major, err := strconv.Atoi(after[:end])
	if err != nil {
		return 0
	}
	return major
}
