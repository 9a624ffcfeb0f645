// Package processes runs Aval's programs the way a deployment does: each built
// on its own and started as a process, with nothing but its environment and
// files. What they are configured with is the caller's.
package processes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// stopTimeout is above what a service takes by itself.
	stopTimeout = 20 * time.Second
	probeEvery  = 50 * time.Millisecond
	probeLimit  = 2 * time.Second
	// restartAfter keeps a program that cannot start from using up the machine.
	restartAfter = 300 * time.Millisecond
	// module is the prefix of our packages.
	module = "github.com/aval-access/aval/"
)

// Gateway is the program that is no service.
const Gateway = "gateway"

// Build compiles programs into a folder, by name: the services' and Gateway.
// It needs the go command and runs inside the source tree.
func Build(ctx context.Context, dir string, names ...string) error {
	args := []string{"build", "-trimpath", "-o", dir + string(filepath.Separator)}
	for _, name := range names {
		args = append(args, source(name))
	}
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return nil
}

func source(name string) string {
	if name == Gateway {
		return module + "gateway/cmd/gateway"
	}
	return module + "services/" + name + "/cmd/" + name
}

// Process is one program with its environment. Nothing is inherited.
type Process struct {
	Binary string
	// Command is what Serve runs; "serve" when empty.
	Command string
	Env     []string
	// OpsURL is the base of health and metrics; Serve waits for it.
	OpsURL string
	// Output receives what it logs.
	Output io.Writer
	// Started hears of each process as it starts; may be nil.
	Started func(*os.Process)
}

// Migrate runs the migrate command to its end.
func (p Process) Migrate(ctx context.Context) error { return p.Run(ctx, "migrate") }

// Run runs any command to its end.
func (p Process) Run(ctx context.Context, args ...string) error {
	if err := p.run(ctx, args...); err != nil {
		return fmt.Errorf("running %s %s: %w", filepath.Base(p.Binary), args[0], err)
	}
	return nil
}

// Keep is Serve for a program that starts again whenever it ends, as under an
// orchestrator.
func (p Process) Keep(ctx context.Context, ready func()) error {
	once := sync.OnceFunc(ready)
	timer := time.NewTimer(restartAfter)
	defer timer.Stop()
	for {
		err := p.Serve(ctx, once)
		timer.Reset(restartAfter)
		select {
		case <-ctx.Done():
			return nil // how it ended was its killer's doing
		case <-timer.C:
			_, _ = fmt.Fprintln(p.Output, err)
		}
	}
}

// Serve runs the command that serves until ctx ends, and says once that it is
// ready.
func (p Process) Serve(ctx context.Context, ready func()) error {
	command := cmp.Or(p.Command, "serve")
	probing, cancel := context.WithCancel(ctx)
	probed := make(chan struct{})
	go func() {
		defer close(probed)
		if p.awaitReady(probing) {
			ready()
		}
	}()
	err := p.run(ctx, command)
	cancel()
	<-probed
	switch {
	case errors.Is(err, context.Canceled):
		return nil // it ended well once it was asked to
	case err == nil:
		err = errors.New("it ended by itself")
	}
	return fmt.Errorf("running %s %s: %w", filepath.Base(p.Binary), command, err)
}

// run keeps a thread for the process: the kernel ends the process with the
// thread that began it, so that none outlives a killed launcher.
func (p Process) run(ctx context.Context, args ...string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, p.Binary, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = p.Env, p.Output, p.Output
	cmd.SysProcAttr = tied()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	if err := cmd.Start(); err != nil {
		return err
	}
	if p.Started != nil {
		p.Started(cmd.Process)
	}
	return cmd.Wait()
}

func (p Process) awaitReady(ctx context.Context) bool {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for {
		if code, err := Probe(ctx, p.OpsURL+"/readyz"); err == nil && code == http.StatusNoContent {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

// Probe asks a health address for its status.
func Probe(ctx context.Context, url string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("probing: %w", err)
	}
	return response.StatusCode, response.Body.Close()
}
