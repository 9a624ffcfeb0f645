package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// ops names the address of a program's health and metrics.
func ops(name string) string { return name + " ops" }

// programs are the processes of a separate stack.
func programs() []string { return append([]string{processes.Gateway}, Services...) }

func (p *parts) openPrograms(ctx context.Context, o Options) error {
	if !o.Separate {
		return nil
	}
	return processes.Build(ctx, p.binDir(), programs()...)
}

func (p *parts) binDir() string { return filepath.Join(p.dir, "bin") }

// processes are the services, each for itself.
func (p *parts) processes(o Options) ([]service, error) {
	var all []service
	for _, name := range Services {
		v := p.variables(name, o)
		migration, err := p.process(name, v, o)
		if err != nil {
			return nil, err
		}
		serving, err := p.process(name, v.serving(), o)
		if err != nil {
			return nil, err
		}
		p.commands[name] = migration
		all = append(all, service{name: name, migrate: migration.Migrate, run: p.serving(o, serving, name)})
	}
	return all, nil
}

func (p *parts) process(name string, v variables, o Options) (processes.Process, error) {
	env, err := v.environment(filepath.Join(p.dir, "secrets", name))
	if err != nil {
		return processes.Process{}, fmt.Errorf("configuring %s: %w", name, err)
	}
	return processes.Process{
		Binary: filepath.Join(p.binDir(), name), Env: append(env, o.Environment...),
		OpsURL: p.opsURL(name), Output: o.Output,
	}, nil
}

// serving gives the addresses that were taken for a process to it.
func (p *parts) serving(o Options, one processes.Process, name string, also ...string) lifecycle.Component {
	one.Started = func(started *os.Process) { p.running.set(name, started) }
	serve := one.Serve
	if o.Restart {
		serve = one.Keep
	}
	return lifecycle.Component{Name: name, Run: func(ctx context.Context, ready func()) error {
		for _, held := range append(also, name, ops(name)) {
			if err := p.listeners[held].Close(); err != nil {
				return fmt.Errorf("handing over an address: %w", err)
			}
		}
		return serve(ctx, ready)
	}}
}

func (p *parts) gatewayProcess(o Options) (lifecycle.Component, error) {
	one, err := p.process(processes.Gateway, p.gatewayVariables(o), o)
	return p.serving(o, one, processes.Gateway, "token"), err
}

func (p *parts) opsURL(name string) string { return "http://" + p.address(ops(name)) }
