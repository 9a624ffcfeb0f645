package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/stretchr/testify/require"
)

const (
	lastLine = "Ctrl-C stops everything"
	patience = time.Minute
)

// A terminal's Ctrl-C goes to every process of its group, so whoever started
// the private Postgres must see to it that services still have it while they
// stop.
func TestRunEndsCleanlyOnCtrlC(t *testing.T) {
	t.Parallel()
	run := startRun(t)
	require.NoError(t, syscall.Kill(-run.cmd.Process.Pid, syscall.SIGINT))
	select {
	case err := <-run.ended:
		require.NoError(t, err, run.output.String())
	case <-time.After(patience):
		t.Fatal("it does not end", run.output.String())
	}
	_, after, _ := strings.Cut(run.output.String(), lastLine)
	require.NotContains(t, after, "level=", "it warns of nothing")
}

type running struct {
	cmd    *exec.Cmd
	output *bytes.Buffer // whole once ended
	ended  chan error
}

// startRun builds the launcher and returns once it has printed its last line.
func startRun(t *testing.T) running {
	t.Helper()
	dir, err := stack.TempDir("run")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	binary := filepath.Join(dir, "aval")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(out))

	cmd := exec.CommandContext(t.Context(), binary, "run")
	cmd.Env = append(os.Environ(), "AVAL_DATA="+filepath.Join(dir, "data"), "AVAL_PORT_BASE="+strconv.Itoa(portBase(t)))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = write, write
	require.NoError(t, cmd.Start())
	require.NoError(t, write.Close())

	run := running{cmd: cmd, output: &bytes.Buffer{}, ended: make(chan error, 1)}
	ready := make(chan struct{})
	go func() {
		for lines := bufio.NewScanner(read); lines.Scan(); {
			run.output.Write(append(lines.Bytes(), '\n'))
			if strings.HasPrefix(lines.Text(), lastLine) {
				close(ready)
			}
		}
		_ = read.Close()
		run.ended <- cmd.Wait()
	}()
	select {
	case <-ready:
	case err := <-run.ended:
		t.Fatal("it ended before it was ready", err, run.output.String())
	case <-time.After(patience):
		t.Fatal("it is not ready")
	}
	return run
}

// portBase is the first of a row of free ports, below those that the system
// gives away.
func portBase(t *testing.T) int {
	t.Helper()
	const row = 16
	for base := 20000; base < 32000; base += row {
		if free(base, row) {
			return base
		}
	}
	t.Fatal("no row of free ports")
	return 0
}

func free(base, row int) bool {
	for port := base; port < base+row; port++ {
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}
