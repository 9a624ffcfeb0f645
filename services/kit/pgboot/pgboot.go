// Package pgboot runs a private Postgres without Docker and without an
// installation: it finds (or fetches) the binaries, makes the cluster on the
// first start, serves a unix socket only, and stops with its parent. Databases
// and roles are package pg's.
package pgboot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const startTimeout = 30 * time.Second

// Options say where and how a server runs. DataDir alone is required.
type Options struct {
	// DataDir holds everything of one server: cluster, password, lock, log.
	// The account that Postgres runs as must be able to reach it.
	DataDir string
	// BinCache receives the binaries when they must be fetched; DataDir if empty.
	BinCache string
	// Volatile trades durability for speed; for tests alone.
	Volatile bool
}

// Server is a running Postgres that this process owns.
type Server struct {
	dir      string
	socket   string
	password string
	lock     *os.File
	process  *process
}

// Start makes the cluster if there is none and returns when the server answers.
// A second Start on the same folder fails while the first one lives.
func Start(ctx context.Context, o Options) (*Server, error) {
	dir, err := prepareFolder(o.DataDir)
	if err != nil {
		return nil, err
	}
	o.DataDir = dir
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, lock: lock}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// AdminURL is the superuser's URL over the unix socket.
func (s *Server) AdminURL() string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", s.password), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {s.socket}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// Stop ends the server, open connections included, and waits for it.
func (s *Server) Stop() error {
	var err error
	if s.process != nil {
		err = s.process.stop()
	}
	if s.socket != "" && !strings.HasPrefix(s.socket, s.dir) {
		err = errors.Join(err, os.RemoveAll(s.socket))
	}
	return errors.Join(err, s.lock.Close())
}

// Done is closed when the server has ended, for whatever reason.
func (s *Server) Done() <-chan struct{} { return s.process.done }

func (s *Server) start(ctx context.Context, o Options) error {
	bin, err := findBinaries(ctx, o)
	if err != nil {
		return err
	}
	way, err := chooseWay(ctx, bin)
	if err != nil {
		return err
	}
	if s.password, err = readPassword(s.dir); err != nil {
		return err
	}
	if err := s.makeCluster(ctx, cluster{bin: bin, way: way, volatile: o.Volatile}); err != nil {
		return err
	}
	if s.socket, err = socketFolder(s.dir, way); err != nil {
		return err
	}
	if s.process, err = launch(s, bin, way, o.Volatile); err != nil {
		return err
	}
	return s.waitReady(ctx)
}

func (s *Server) data() string { return filepath.Join(s.dir, "pg") }

func prepareFolder(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("starting postgres: no data folder given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("resolving data folder: %w", err)
	}
	// Postgres may run as another account: it must pass through, never list.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return "", fmt.Errorf("making data folder: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { // passing through is the point
		return "", fmt.Errorf("opening data folder: %w", err)
	}
	return dir, nil
}

func readPassword(dir string) (string, error) {
	path := filepath.Join(dir, "password")
	stored, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(stored)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading password: %w", err)
	}
	var b [24]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("making password: %w", err)
	}
	password := hex.EncodeToString(b[:])
	if err := os.WriteFile(path, []byte(password), 0o600); err != nil {
		return "", fmt.Errorf("storing password: %w", err)
	}
	return password, nil
}

// socketFolder keeps the socket beside the data unless the path would exceed
// the 107 bytes of sockaddr_un.
func socketFolder(dir string, w way) (string, error) {
	socket := filepath.Join(dir, "run")
	if len(socket)+len("/.s.PGSQL.5432.lock") > 100 {
		short, err := os.MkdirTemp("", "aval-pg-")
		if err != nil {
			return "", fmt.Errorf("making socket folder: %w", err)
		}
		socket = short
	}
	if err := w.give(socket); err != nil {
		return "", err
	}
	return socket, nil
}
