package house

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// World is the house as its people see it: each of them insists.
type World struct {
	journey.World

	// Edge reaches the services as the gateway does, and insists on nothing.
	Edge driver.GRPC

	watch Watch
}

// NewWorld connects people, the operator and the demo product, which becomes
// known.
func (h *House) NewWorld(ctx context.Context, watch Watch) (World, error) {
	rest, edge, err := journey.Transports(h.Stack)
	if err != nil {
		return World{}, err
	}
	w := World{Edge: edge, watch: watch}
	if w.World, err = journey.NewWorld(h.Stack, transport{Transport: rest, watch: watch}); err != nil {
		return World{}, err
	}
	w.Mail = h.pages.URL
	for _, conns := range []map[string]grpc.ClientConnInterface{w.Operator, w.Product} {
		for name, conn := range conns {
			conns[name] = stubborn{inner: conn, watch: watch}
		}
	}
	return w, w.RegisterProduct(ctx, h.Stack)
}

// Close ends the connections.
func (w World) Close() {
	w.World.Close()
	w.Edge.Close()
}

// transport makes every session stubborn.
type transport struct {
	driver.Transport
	watch Watch
}

// Session opens one.
func (t transport) Session(locale string) driver.Session {
	return stubborn{inner: t.Transport.Session(locale), watch: t.watch}
}

// Case is a partner with a person who supports, linked to a client.
type Case struct {
	Partner, Client journey.Organization
	Person          journey.Person
	// Collaborator and Dossier are ids.
	Collaborator, Dossier string
}

// NewCase founds both organisations under names that nobody else has.
func (w World) NewCase(ctx context.Context, name string) (c Case, err error) {
	if c.Partner, err = w.found(ctx, membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, "partner"+name); err != nil {
		return c, err
	}
	if c.Client, err = w.found(ctx, membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, "client"+name); err != nil {
		return c, err
	}
	if c.Person, c.Collaborator, err = w.AddPerson(ctx, c.Partner, "support"+name); err != nil {
		return c, err
	}
	dossier, err := w.LinkDossier(ctx, c.Partner, c.Client)
	c.Dossier = dossier.GetId()
	return c, err
}

// found makes an organisation whose owner is signed in.
func (w World) found(ctx context.Context, kind membershipv1.OrganizationKind, name string) (journey.Organization, error) {
	made, err := w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: kind, Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
		Identification: &membershipv1.Identification{LegalName: name}, OwnerEmail: name + "@house.example",
	})
	made.Owner, err = w.joined(ctx, made.Owner, made.ID, err)
	return made, err
}

// AddPerson adds a collaborator who is signed in, and gives their id too.
func (w World) AddPerson(ctx context.Context, partner journey.Organization, name string) (journey.Person, string, error) {
	person, collaborator, err := w.AddCollaborator(ctx, partner, journey.Person{
		Email: name + "@house.example", GivenName: "Karim", FamilyName: "Renaud",
	})
	person, err = w.joined(ctx, person, partner.ID, err)
	return person, collaborator.GetId(), err
}

// joined makes good an entry whose answer was lost on its way: a link works
// once, and a new session's token is told once. The person signs in, as people
// do, and presses the invitation's button again.
func (w World) joined(ctx context.Context, p journey.Person, organization string, err error) (journey.Person, error) {
	for tries := 0; errors.Is(err, ErrUncertain) && p.Password != "" && tries < 10; tries++ {
		w.watch.madeGood()
		lost := err
		p, err = w.SignIn(ctx, p, organization)
		if err == nil || errors.Is(err, ErrUncertain) || p.UserID == "" {
			continue
		}
		token, failed := w.InvitationToken(ctx, p.Email)
		if failed != nil {
			return p, failed
		}
		if err = p.Accept(ctx, token); err != nil {
			return p, errors.Join(err, lost)
		}
		err = p.Enter(ctx, organization)
	}
	if err != nil {
		return p, fmt.Errorf("joining as %s: %w", p.Email, err)
	}
	return p, nil
}
