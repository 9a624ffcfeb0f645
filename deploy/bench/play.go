package main

import (
	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
)

// way is how a world speaks to the stack.
type way int

const (
	overREST way = iota
	overGRPC
)

// play acts in a world against the stack, and closes what it was opened with.
func play(s *stack.Stack, over way, act func(w journey.World) error) error {
	rest, edge, err := journey.Transports(s)
	if err != nil {
		return err
	}
	defer edge.Close()
	w, err := journey.NewWorld(s, [...]driver.Transport{overREST: rest, overGRPC: edge}[over])
	if err != nil {
		return err
	}
	defer w.Close()
	return act(w)
}
