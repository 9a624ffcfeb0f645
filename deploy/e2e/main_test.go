// Package e2e runs one list of cases over REST and over gRPC, against
// everything in one process or, with AVAL_E2E_PROCESSES=1, against every
// service and the gateway as a process of its own. A case makes the
// organisations it needs; all cases share one stack and run side by side.
package e2e

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// shared is what all cases run against.
var shared struct {
	stack *stack.Stack
	rest  driver.REST
	edge  driver.GRPC
	// spans are those of the traces that a test began by itself.
	spans *kept
	// names makes every organisation and address of a run different.
	names atomic.Int64
}

// sideBySide is how many cases run at once: they wait for mails, not for the
// processor.
const sideBySide = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", sideBySide); err != nil {
		panic(err)
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, err := stack.TempDir("e2e")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	shared.spans = &kept{names: map[trace.TraceID][]string{}}
	options := stack.Options{Dir: dir, Volatile: true, Spans: shared.spans}
	if os.Getenv("AVAL_E2E_PROCESSES") == "1" {
		collector := httptest.NewServer(shared.spans)
		defer collector.Close()
		options.Separate, options.Environment = true, exportingTo(collector.URL)
	}
	if shared.stack, err = stack.Start(context.Background(), options); err != nil {
		return 1, err
	}
	if shared.rest, shared.edge, err = journey.Transports(shared.stack); err != nil {
		return 1, err
	}
	if err = registerProduct(); err != nil {
		return 1, err
	}
	code = m.Run()
	shared.edge.Close()
	return code, shared.stack.Stop()
}

func registerProduct() error {
	w, err := journey.NewWorld(shared.stack, shared.rest)
	if err != nil {
		return err
	}
	defer w.Close()
	return w.RegisterProduct(context.Background(), shared.stack)
}

// bundle is what one case has in its hands.
type bundle struct {
	journey.World
	stack *stack.Stack
}

// overBoth runs a case once per transport.
func overBoth(t *testing.T, run func(t *testing.T, b bundle)) {
	t.Helper()
	t.Parallel()
	for _, transport := range []driver.Transport{shared.rest, shared.edge} {
		t.Run(transport.Name(), func(t *testing.T) {
			t.Parallel()
			run(t, setup(t, transport))
		})
	}
}

func setup(t *testing.T, transport driver.Transport) bundle {
	t.Helper()
	w, err := journey.NewWorld(shared.stack, transport)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return bundle{World: w, stack: shared.stack}
}

// ownHouse starts a house for one case, over REST: what a deployment chooses is
// chosen for all of it.
func ownHouse(t *testing.T, o stack.Options) bundle {
	t.Helper()
	if os.Getenv("AVAL_E2E_PROCESSES") == "1" {
		t.Skip("a choice is the same in processes of their own, and a second house of them takes minutes")
	}
	dir, err := stack.TempDir("e2e-own")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	o.Dir, o.Volatile = dir, true
	s, err := stack.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	rest, edge, err := journey.Transports(s)
	require.NoError(t, err)
	t.Cleanup(edge.Close)
	w, err := journey.NewWorld(s, rest)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return bundle{World: w, stack: s}
}

// unique makes a word that no other case has, and with which no other begins.
func unique(word string) string { return fmt.Sprintf("%s%dz", word, shared.names.Add(1)) }

// person is somebody new.
func person(word string) journey.Person {
	name := unique(word)
	return journey.Person{
		Email: name + "@" + name + ".example", GivenName: strings.ToUpper(word[:1]) + word[1:], FamilyName: "Martin", Password: journey.NewPassword(),
	}
}

func (b bundle) organization(t *testing.T, kind membershipv1.OrganizationKind) journey.Organization {
	t.Helper()
	owner := person("owner")
	o, err := b.FoundOrganization(t.Context(), &membershipv1.CreateOrganizationRequest{
		Kind: kind, Locale: "fr", Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
		OwnerEmail: owner.Email, OwnerGivenName: owner.GivenName, OwnerFamilyName: owner.FamilyName,
		Identification: &membershipv1.Identification{
			LegalName: unique("Société "), RegistrationNumber: "000 000 009", PostalAddress: "9 rue des Exemples\n75009 Paris",
			ContactEmail: "contact@" + owner.Email[strings.Index(owner.Email, "@")+1:], ContactPhone: "01 99 00 00 09",
		},
	})
	require.NoError(t, err)
	return o
}

func (b bundle) partner(t *testing.T) journey.Organization {
	t.Helper()
	return b.organization(t, membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER)
}

func (b bundle) client(t *testing.T) journey.Organization {
	t.Helper()
	return b.organization(t, membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT)
}

// support is a partner with a ready collaborator, linked to a client.
type support struct {
	partner, client journey.Organization
	person          journey.Person
	collaborator    *partnersupportv1.Collaborator
	dossier         *partnersupportv1.Dossier
}

func (b bundle) support(t *testing.T) support {
	t.Helper()
	s := support{partner: b.partner(t), client: b.client(t)}
	var err error
	s.person, s.collaborator, err = b.AddCollaborator(t.Context(), s.partner, person("karim"))
	require.NoError(t, err)
	s.dossier, err = b.LinkDossier(t.Context(), s.partner, s.client)
	require.NoError(t, err)
	return s
}

// asked is support with the client's mail arrived.
type asked struct {
	support
	assignment *partnersupportv1.Assignment
	token      string
}

func (b bundle) asked(t *testing.T) asked {
	t.Helper()
	a := asked{support: b.support(t)}
	var err error
	a.assignment, err = b.Assign(t.Context(), a.partner, a.collaborator.GetId(), a.dossier.GetId())
	require.NoError(t, err)
	a.token, err = b.ConsentLink(t.Context(), a.client.Owner.Email)
	require.NoError(t, err)
	return a
}

// requireReason fails unless the error is that fault.
func requireReason(t *testing.T, reason reasonv1.Reason, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, fault.Name(reason), fault.Name(fault.ReasonOf(err)), "%v", err)
}
