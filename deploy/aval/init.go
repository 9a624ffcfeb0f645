package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/aval-access/aval/deploy/stack"
)

// initCommand is for deployments where every service runs alone.
func initCommand() *cobra.Command {
	d, owner, every := deployment{}, "", time.Duration(0)
	cmd := &cobra.Command{
		Use: "init", Short: "Write certificates, keys and secrets for services that run alone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.own(owner); err != nil {
				return err
			}
			return d.renew(cmd.Context(), every)
		},
	}
	d.flags(cmd)
	cmd.Flags().StringVar(&owner, "owner", "", "uid:gid that the workloads run as")
	cmd.Flags().DurationVar(&every, "every", 0, "stay, and renew the certificates this often")
	return cmd
}

// databasesCommand comes between init and the services' own migrations.
func databasesCommand() *cobra.Command {
	var d deployment
	cmd := &cobra.Command{
		Use: "databases", Short: "Make the databases and roles of services that run alone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.CreateDatabases(cmd.Context()) },
	}
	d.flags(cmd)
	return cmd
}

type deployment struct{ stack.Deployment }

func (d *deployment) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.Dir, "dir", "", "folder that receives one folder per workload")
	cmd.Flags().StringVar(&d.Postgres, "postgres", "postgres:5432", "where services reach Postgres")
	cmd.Flags().StringVar(&d.NATS, "nats", "nats:4222", "where services reach NATS")
	_ = cmd.MarkFlagRequired("dir") // the flag is there
}

func (d *deployment) own(owner string) error {
	if owner == "" {
		return nil
	}
	if _, err := fmt.Sscanf(owner, "%d:%d", &d.UID, &d.GID); err != nil || d.UID <= 0 || d.GID < 0 {
		return errors.New("reading --owner: it must be uid:gid, such as 65532:65532")
	}
	return nil
}

// renew writes the files once, or again and again until ctx ends.
func (d *deployment) renew(ctx context.Context, every time.Duration) error {
	if err := d.WriteFiles(); err != nil || every <= 0 {
		return err
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := d.WriteFiles(); err != nil {
				return err
			}
		}
	}
}
