package host

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/cobra"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// listedLetters bounds one listing.
const listedLetters = 200

// upkeep are the commands for the operator of a service with a database. They
// read the variables of migrate.
func upkeep[T any](name, prefix string) []*cobra.Command {
	u := upkeeper{name: name, read: func() (Config, error) {
		cfg, err := config.Parse[T](prefix)
		if err != nil {
			return Config{}, err
		}
		based, ok := any(cfg).(interface{ Shared() Config })
		if !ok {
			return Config{}, fmt.Errorf("configuring %s: it embeds no host.Config", name)
		}
		return based.Shared(), nil
	}}
	return []*cobra.Command{u.outbox(), u.deadLetters()}
}

type upkeeper struct {
	name string
	read func() (Config, error)
}

func (u upkeeper) outbox() *cobra.Command {
	group := &cobra.Command{Use: "outbox", Short: "About the service's own events"}
	var since time.Duration
	republish := &cobra.Command{
		Use: "republish", Short: "Publish events again, for a broker that lost its store", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := u.read()
			if err != nil {
				return err
			}
			return republish(cmd.Context(), cfg, since, cmd.OutOrStdout())
		},
	}
	republish.Flags().DurationVar(&since, "since", outbox.Retention, "how far back")
	group.AddCommand(republish)
	return group
}

// republish leaves the publishing to the relay of the running service.
func republish(ctx context.Context, cfg Config, since time.Duration, out io.Writer) error {
	db, err := pg.Open(ctx, pg.Config{AppURL: cfg.DatabaseURL, SystemURL: cfg.SystemDatabaseURL, MaxConns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	count, err := pg.InSystem(ctx, db, "filling the broker again", func(ctx context.Context, tx pg.Tx) (int64, error) {
		return outbox.Republish(ctx, tx, since)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d events will be published again\n", count)
	return err
}

func (u upkeeper) deadLetters() *cobra.Command {
	group := &cobra.Command{Use: "deadletters", Short: "About events that a consumer could not apply"}
	group.AddCommand(
		&cobra.Command{
			Use: "list [consumer]", Short: "List the oldest of a consumer, or of all", Args: cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return u.withBroker(func(js jetstream.JetStream) error {
					return listDeadLetters(cmd.Context(), js, append(args, "")[0], cmd.OutOrStdout())
				})
			},
		},
		&cobra.Command{
			Use: "replay consumer", Short: "Send a consumer its letters again, oldest first", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return u.withBroker(func(js jetstream.JetStream) error {
					return replayDeadLetters(cmd.Context(), js, args[0], cmd.OutOrStdout())
				})
			},
		},
	)
	return group
}

// withBroker connects as the provisioner: a service may not read the letters
// of another, nor publish another's facts.
func (u upkeeper) withBroker(fn func(jetstream.JetStream) error) error {
	cfg, err := u.read()
	if err != nil {
		return err
	}
	conn, err := bus.Connect(cfg.provisionerBus())
	if err != nil {
		return err
	}
	defer conn.Close()
	return fn(conn.JS())
}

func listDeadLetters(ctx context.Context, js jetstream.JetStream, consumer string, out io.Writer) error {
	letters, err := bus.ListDeadLetters(ctx, js, consumer, listedLetters)
	if err != nil {
		return err
	}
	for _, l := range letters {
		_, err := fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\t%d deliveries\n", l.Sequence, l.Time.UTC().Format(time.RFC3339),
			l.Letter.GetConsumer(), l.Letter.GetSubject(), l.EventID, l.Reason, l.Letter.GetDeliveries())
		if err != nil {
			return err
		}
	}
	return nil
}

func replayDeadLetters(ctx context.Context, js jetstream.JetStream, consumer string, out io.Writer) error {
	sent, err := bus.ReplayDeadLetters(ctx, js, consumer)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d events sent again to %s\n", sent, consumer)
	return err
}
