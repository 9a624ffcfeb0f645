package demodata

import (
	"context"
	"fmt"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// links are the dossiers of the plan: partner, client.
var links = [][2]string{
	{"lumen", "boulangerie"}, {"lumen", "menuiserie"}, {"lumen", "fleuriste"},
	{"octave", "fleuriste"}, {"octave", "garage"},
}

// Fill makes the plan true, once; a start that was interrupted goes on where it
// stopped. It answers the world with its sign-ins.
func Fill(ctx context.Context, s *stack.Stack, dir string) (*Data, error) {
	d, err := load(dir)
	if err != nil || d.Done {
		return d, err
	}
	rest, edge, err := journey.Transports(s)
	if err != nil {
		return nil, err
	}
	defer edge.Close()
	w, err := journey.NewWorld(s, rest)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	f := filling{world: w, data: d, dir: dir, founded: map[string]journey.Organization{}}
	if err := f.run(ctx, s); err != nil {
		return nil, fmt.Errorf("making the demo data: %w", err)
	}
	d.Done = true
	return d, d.save(dir)
}

type filling struct {
	world   journey.World
	data    *Data
	dir     string
	founded map[string]journey.Organization
}

func (f *filling) run(ctx context.Context, s *stack.Stack) error {
	if err := registerProduct(ctx, f.world, s); err != nil {
		return err
	}
	for i := range f.data.Organizations {
		if err := f.found(ctx, &f.data.Organizations[i]); err != nil {
			return err
		}
	}
	if err := f.addCollaborator(ctx, "karim"); err != nil {
		return err
	}
	for _, link := range links {
		_, err := f.world.LinkDossier(ctx, f.founded[link[0]], f.founded[link[1]])
		if err != nil && !fault.Is(err, reasonv1.Reason_REASON_DOSSIER_EXISTS) {
			return err
		}
	}
	return nil
}

func registerProduct(ctx context.Context, w journey.World, s *stack.Stack) error {
	err := w.RegisterProduct(ctx, s)
	if fault.Is(err, reasonv1.Reason_REASON_PRODUCT_EXISTS) {
		return nil
	}
	return err
}

// found creates an organisation with its first person.
func (f *filling) found(ctx context.Context, o *Organization) error {
	owner := f.ownerOf(o.Key)
	kind := membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT
	if o.Partner {
		kind = membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER
	}
	answer, err := membershipv1.NewOrganizationServiceClient(f.world.Operator["membership"]).CreateOrganization(ctx,
		&membershipv1.CreateOrganizationRequest{
			Kind: kind, Locale: "fr", Level1Support: o.Partner, OwnerEmail: owner.Email,
			OwnerGivenName: owner.GivenName, OwnerFamilyName: owner.FamilyName, RequestId: "demo-" + o.Key,
			Identification: &membershipv1.Identification{
				LegalName: o.Name, RegistrationNumber: o.RegistrationNumber, PostalAddress: o.PostalAddress,
				ContactEmail: "contact@" + o.Key + ".example", ContactPhone: "01 99 00 00 00",
			},
		})
	if err != nil {
		return fmt.Errorf("creating %s: %w", o.Name, err)
	}
	o.ID = answer.GetOrganization().GetId()
	person, err := f.join(ctx, owner, o.ID)
	if err != nil {
		return err
	}
	f.founded[o.Key] = journey.Organization{ID: o.ID, Name: o.Name, Owner: person}
	return f.data.save(f.dir)
}

func (f *filling) ownerOf(organization string) *Account {
	for i := range f.data.Accounts {
		if f.data.Accounts[i].Organization == organization {
			return &f.data.Accounts[i]
		}
	}
	return nil
}

// join lets a person in, or signs them in where an earlier start had done so.
func (f *filling) join(ctx context.Context, a *Account, organization string) (journey.Person, error) {
	p := journey.Person{Email: a.Email, Password: a.Password, GivenName: a.GivenName, FamilyName: a.FamilyName}
	joined, err := f.world.Join(ctx, p, organization)
	if fault.Is(err, reasonv1.Reason_REASON_CREDENTIAL_EXISTS) {
		joined, err = f.world.SignIn(ctx, p, organization)
	}
	a.UserID = joined.UserID
	return joined, err
}

func (f *filling) addCollaborator(ctx context.Context, key string) error {
	a := f.data.Account(key)
	partner := f.founded[a.Organization]
	_, err := partnersupportv1.NewCollaboratorServiceClient(partner.Owner).AddCollaborator(ctx, &partnersupportv1.AddCollaboratorRequest{
		PartnerId: partner.ID, Email: a.Email, GivenName: a.GivenName, FamilyName: a.FamilyName,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, RequestId: "demo-" + key,
	})
	if err != nil && !fault.Is(err, reasonv1.Reason_REASON_ALREADY_MEMBER) {
		return fmt.Errorf("adding %s: %w", a.Email, err)
	}
	_, err = f.join(ctx, a, partner.ID)
	return err
}
