// Command avalctl is Aval from a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/aval-access/aval/gateway/internal/avalctl"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := avalctl.Run(ctx, os.Args[1:], avalctl.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
