package avalctl

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/ledger"
)

// ledgerFlags are shared by the commands about the ledger.
type ledgerFlags struct {
	api
	keys, seen      []string
	consent, output string
}

func ledgerCommands() *cobra.Command {
	var f ledgerFlags
	group := &cobra.Command{Use: "ledger", Short: "Download, verify and prove what the ledger holds"}
	group.PersistentFlags().StringVar(&f.server, "server", os.Getenv("AVAL_SERVER"), "base URL of Aval; verify and prove need none")
	group.PersistentFlags().StringVar(&f.tokenFile, "token-file", os.Getenv("AVAL_TOKEN_FILE"), "file with the access token of who downloads")
	group.PersistentFlags().StringArrayVar(&f.keys, "key", nil, "verifier key of the ledger, as you were told it elsewhere; else the file's own")
	group.PersistentFlags().StringArrayVar(&f.seen, "seen", nil, "file with a checkpoint kept from earlier")
	download := &cobra.Command{
		Use: "download ORGANIZATION", Short: "Write what the ledger holds about an organisation, with proofs", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.download(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	download.Flags().StringVar(&f.consent, "consent", "", "only what one consent is about")
	download.Flags().StringVarP(&f.output, "output", "o", "json", "json, or csv: a row and its proof per leaf")
	group.AddCommand(
		download,
		&cobra.Command{
			Use: "checkpoint", Short: "Print the newest checkpoint, to be kept", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return f.checkpoint(cmd.Context(), cmd.OutOrStdout()) },
		},
		&cobra.Command{
			Use: "verify FILE", Short: "Verify a download, offline; - reads standard input", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				_, report, err := f.verified(cmd, args[0])
				if err != nil {
					return err
				}
				return told(cmd.OutOrStdout(), report)
			},
		},
		&cobra.Command{
			Use: "prove CONSENT FILE", Short: "Print what a download proves about one consent, offline", Args: cobra.ExactArgs(2),
			RunE: func(cmd *cobra.Command, args []string) error {
				bundle, report, err := f.verified(cmd, args[1])
				if err != nil {
					return err
				}
				if err := prove(cmd.OutOrStdout(), args[0], bundle); err != nil {
					return err
				}
				return told(cmd.OutOrStdout(), report)
			},
		},
	)
	return group
}

func (f ledgerFlags) download(ctx context.Context, out io.Writer, organization string) error {
	format, known := map[string]ledgerfile.Format{"json": ledgerfile.JSON(), "csv": ledgerfile.CSV()}[f.output]
	if !known {
		return fail(Usage, "%q is neither json nor csv", f.output)
	}
	return format.Write(out, func(page string) (*consentv1.ListLedgerEntriesResponse, error) {
		return f.entries(ctx, organization, f.consent, page)
	})
}

func (f ledgerFlags) checkpoint(ctx context.Context, out io.Writer) error {
	answer := &consentv1.GetCheckpointResponse{}
	if err := f.get(ctx, "/v1/ledger/checkpoint", url.Values{}, answer); err != nil {
		return err
	}
	_, err := io.WriteString(out, answer.GetCheckpoint().GetNote())
	return err
}

// verified reads a file and judges it.
func (f ledgerFlags) verified(cmd *cobra.Command, path string) (*consentv1.LedgerBundle, *ledger.Report, error) {
	in := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, fail(Usage, "opening the download: %w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	bundle, err := ledgerfile.Read(in)
	if err != nil {
		return nil, nil, fail(Failed, "%w", err)
	}
	trust, err := f.trust(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	report, err := ledger.Verify(bundle, trust)
	if err != nil {
		return nil, nil, fail(Failed, "verifying: %w", err)
	}
	return bundle, report, nil
}

func (f ledgerFlags) trust(ctx context.Context) (ledger.Trust, error) {
	trust := ledger.Trust{Keys: f.keys}
	for _, path := range f.seen {
		note, err := os.ReadFile(path)
		if err != nil {
			return trust, fail(Usage, "reading a kept checkpoint: %w", err)
		}
		trust.Seen = append(trust.Seen, string(note))
	}
	if f.server != "" {
		trust.Prove = func(first, second int64) (tlog.TreeProof, error) { return f.consistency(ctx, first, second) }
	}
	return trust, nil
}

// told prints the verdict; a ledger that does not hold is a failure.
func told(out io.Writer, r *ledger.Report) error {
	fmt.Fprintf(out, "%s: %d leaves, root %s\n", r.Checkpoint.Origin, r.Checkpoint.Size, r.Checkpoint.Root)
	fmt.Fprintf(out, "%d leaves verified, %d records opened\n", r.Leaves, r.Opened)
	for _, size := range r.Unproven {
		fmt.Fprintf(out, "not compared with the kept checkpoint of %d leaves: give --server\n", size)
	}
	for _, finding := range r.Findings {
		fmt.Fprintln(out, finding)
	}
	if n := len(r.Findings); n > 0 {
		return fail(Failed, "%d findings: this is not the ledger that was signed", n)
	}
	_, err := fmt.Fprintln(out, "sound")
	return err
}
