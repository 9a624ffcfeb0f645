package pgboot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// way is an account under which postgres can run: it refuses root.
type way struct {
	name string
	attr *syscall.SysProcAttr
	// uid and gid own the cluster's files; -1 keeps ours.
	uid, gid int
}

// command runs a program of the cluster this way, in English and UTC.
func (w way) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = w.attr
	return cmd
}

// give makes the folder if needed and hands it to the server's account.
func (w way) give(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making folder of postgres: %w", err)
	}
	return w.own(dir)
}

func (w way) own(path string) error {
	if w.uid < 0 {
		return nil
	}
	if err := os.Chown(path, w.uid, w.gid); err != nil {
		return fmt.Errorf("handing over %s: %w", path, err)
	}
	return nil
}

// chooseWay tries each way on the real binary and takes the first that works.
func chooseWay(ctx context.Context, bin string) (way, error) {
	var reasons []error
	for _, w := range ways() {
		out, err := w.command(ctx, filepath.Join(bin, "postgres"), "--version").CombinedOutput()
		if err == nil {
			return w, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w: %s", w.name, err, out))
	}
	return way{}, fmt.Errorf("no way to run postgres here: %w", errors.Join(reasons...))
}
