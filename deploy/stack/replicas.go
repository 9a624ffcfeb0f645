package stack

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

// decider begins the names of processes that only decide.
const decider = "decide-"

// Replica names one of a separate stack's processes that only decide.
func Replica(i int) string { return fmt.Sprint(decider, i) }

// workloadOf names whose certificate a program shows: a replica is membership's.
func workloadOf(program string) string {
	if strings.HasPrefix(program, decider) {
		return "membership"
	}
	return program
}

// replicas are processes of membership's program that only decide.
func (p *parts) replicas(o Options) ([]lifecycle.Component, error) {
	var all []lifecycle.Component
	for i := range o.Replicas {
		name := Replica(i)
		one, err := p.process(name, p.decidingVariables(name, o), o)
		if err != nil {
			return nil, err
		}
		one.Binary, one.Command = filepath.Join(p.binDir(), workloadOf(name)), "decide"
		all = append(all, p.serving(o, one, name))
	}
	return all, nil
}

// decidingVariables are membership's without the broker, and with one role.
func (p *parts) decidingVariables(name string, o Options) variables {
	v := p.variables(workloadOf(name), o)
	maps.DeleteFunc(v.plain, func(key, _ string) bool { return strings.HasPrefix(key, "NATS_") })
	p.addOwnProcess(v, name)
	system := reaching(p.urls[workloadOf(name)], name, o).System
	v.secrets = map[string]string{
		"DATABASE_URL": system, "SYSTEM_DATABASE_URL": system, "PAGE_KEY": v.secrets["PAGE_KEY"],
	}
	return v
}
