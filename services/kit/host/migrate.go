package host

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/pg"
)

// Migration is what one context brings to its database and to the broker.
type Migration struct {
	Name   string
	Config Config
	// Schema holds the context's own files, Steps those of its libraries.
	Schema fs.FS
	Steps  []pg.Step
	// Consumers are made beside the streams: the service itself may only read
	// from them. Their handlers are not called.
	Consumers []bus.Spec
}

// Migrate brings the service's database to this version, and makes the streams
// and its consumers.
func Migrate(ctx context.Context, m Migration) error {
	if err := m.database(ctx); err != nil {
		return fmt.Errorf("migrating %s: %w", m.Name, err)
	}
	if err := m.broker(ctx); err != nil {
		return fmt.Errorf("migrating %s: %w", m.Name, err)
	}
	return nil
}

func (m Migration) database(ctx context.Context) error {
	return pg.Migrate(ctx, m.Config.MigrateDatabaseURL.Reveal(), m.Schema, m.Steps...)
}

func (m Migration) broker(ctx context.Context) error {
	conn, err := bus.Connect(m.Config.provisionerBus())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := bus.Streams(ctx, conn.JS()); err != nil {
		return err
	}
	return bus.Consumers(ctx, conn.JS(), m.Consumers...)
}
