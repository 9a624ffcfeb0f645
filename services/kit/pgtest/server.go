package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgboot"
)

// shared is the one server of this test process: its tests run in one binary
// and nothing but the process's end may stop it.
var shared process // one server per test process

type process struct {
	mu        sync.Mutex
	server    *pgboot.Server
	dir       string
	templates map[string]string
}

// Main runs a package's tests, stops the server and looks for goroutines left
// behind. Packages that need neither goleak nor tidiness do without: the
// server ends with the process anyway.
func Main(m *testing.M) {
	code := m.Run()
	shared.stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func adminURL(t testing.TB) string {
	t.Helper()
	if url := os.Getenv("AVAL_TEST_DATABASE_URL"); url != "" {
		return url
	}
	url, err := shared.start()
	require.NoError(t, err, "starting postgres for tests; set AVAL_TEST_DATABASE_URL to use another")
	return url
}

// start does not take a test's context: the server outlives the test.
func (p *process) start() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		return p.server.AdminURL(), nil
	}
	base := filepath.Join(os.TempDir(), fmt.Sprintf("aval-pgtest-%d", os.Getuid()))
	if err := os.MkdirAll(base, 0o711); err != nil {
		return "", fmt.Errorf("making folder: %w", err)
	}
	removeAbandoned(base)
	dir, err := os.MkdirTemp(base, "run-")
	if err != nil {
		return "", fmt.Errorf("making folder: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), setupTimeout)
	defer cancel()
	server, err := pgboot.Start(ctx, pgboot.Options{DataDir: dir, BinCache: base, Volatile: true})
	if err != nil {
		return "", err
	}
	p.server, p.dir = server, dir
	return server.AdminURL(), nil
}

func (p *process) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return
	}
	if err := p.server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(p.dir)
	p.server = nil
}

// removeAbandoned clears what processes that are gone left: their lock is free
// and their server has removed its pid file.
func removeAbandoned(base string) {
	runs, _ := filepath.Glob(filepath.Join(base, "run-*"))
	for _, run := range runs {
		if _, err := os.Stat(filepath.Join(run, "pg", "postmaster.pid")); err == nil || isYoung(run) {
			continue
		}
		if pgboot.Abandoned(run) {
			_ = os.RemoveAll(run)
		}
	}
}

// isYoung spares a folder whose process may be about to take its lock.
func isYoung(run string) bool {
	info, err := os.Stat(run)
	return err != nil || time.Since(info.ModTime()) < setupTimeout
}

type blueprint struct {
	admin      string
	name       string
	migrations fs.FS
	steps      []pg.Step
}

// template makes the migrated database that tests copy, once per context and
// set of files in this process.
func (p *process) template(ctx context.Context, b blueprint) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	print, err := fingerprint(b)
	if err != nil {
		return "", err
	}
	if name, ok := p.templates[print]; ok {
		return name, nil
	}
	site := siteOf(b.admin, b.name)
	site.Database = "aval_template_" + suffix()
	if err := pg.Create(ctx, b.admin, site); err != nil {
		return "", err
	}
	urls, err := site.URLs(b.admin)
	if err != nil {
		return "", err
	}
	if err := pg.Migrate(ctx, urls.Migrate, b.migrations, b.steps...); err != nil {
		return "", err
	}
	if p.templates == nil {
		p.templates = map[string]string{}
	}
	p.templates[print] = site.Database
	return site.Database, nil
}

func fingerprint(b blueprint) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, b.name, len(b.steps))
	if b.migrations == nil {
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	err := fs.WalkDir(b.migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".sql") {
			return err
		}
		content, err := fs.ReadFile(b.migrations, path)
		fmt.Fprintln(sum, path, len(content))
		_, _ = sum.Write(content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading migrations: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
