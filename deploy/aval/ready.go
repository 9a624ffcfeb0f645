package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

// readiness is what the launcher tells once everything answers.
type readiness struct {
	stack   *stack.Stack
	data    *demodata.Data
	took    time.Duration
	ownMail bool
}

func printReady(out io.Writer, r readiness) {
	fmt.Fprintf(out, "\nAval is ready after %.1f s.\n\n", r.took.Seconds())
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "  Pages and REST API\t%s\n", r.stack.URL())
	if r.ownMail {
		fmt.Fprintf(table, "  Mailbox\t%s\n", r.stack.MailURL())
	}
	fmt.Fprintf(table, "  Demo product\t%s\n", r.stack.DemoURL())
	fmt.Fprintf(table, "  Token endpoint (by certificate)\t%s\n", r.stack.TokenURL())
	for _, name := range stack.Services {
		fmt.Fprintf(table, "  gRPC %s\t%s\n", name, r.stack.Address(name))
	}
	_ = table.Flush()
	if r.data != nil {
		printSignIns(out, r.data)
		printStory(out, r)
	}
	fmt.Fprintln(out, "\nCtrl-C stops everything; the data is kept.")
}

func printSignIns(out io.Writer, d *demodata.Data) {
	fmt.Fprint(out, "\nSign-ins (generated on this machine):\n\n")
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, a := range d.Accounts {
		fmt.Fprintf(table, "  %s %s\t%s\t%s\t%s, %s\n", a.GivenName, a.FamilyName, a.Email, a.Password, a.Part, d.Organization(a.Organization).Name)
	}
	_ = table.Flush()
}

func printStory(out io.Writer, r readiness) {
	claire, karim, marie := r.data.Account("claire"), r.data.Account("karim"), r.data.Account("marie")
	client := r.data.Organization("boulangerie")
	fmt.Fprintf(out, `
The story, in a browser:
  1. %[1]s/sign-in as %[2]s: Dossiers, tick %[3]s,
     Affecter un support, %[4]s %[5]s, Valider.
  2. %[6]s: the client's mail has arrived; press
     OUI, J'AUTORISE L'ACCÈS, choose a duration, press again, and type the six digits
     of the mail that follows: this browser is new to that client.
  3. %[1]s/sign-in as %[7]s (another browser profile): Dossiers, Entrer.
  4. %[1]s/sign-in as %[8]s: Accès d'assistance, Arrêter l'accès;
     the next click of step 3's window is refused.

The decision, by a platform team's certificate:
`, r.stack.URL(), claire.Email, client.Name, karim.GivenName, karim.FamilyName, r.stack.MailURL(), karim.Email, marie.Email)
	paths := r.stack.Certificate(stack.DemoProduct)
	fmt.Fprintf(out, "  bin/grpcurl -cacert %s -cert %s -key %s \\\n    -d '{\"subject_id\":\"%s\",\"account_id\":\"%s\",\"feature\":\"management/invoices\",\"level\":\"LEVEL_GUEST\"}' \\\n    %s aval.membership.v1.AccessService/CheckAccess\n",
		paths.CA, paths.Cert, paths.Key, karim.UserID, client.ID, r.stack.LocalName("membership"))
}
