package main

import (
	"context"
	"strings"

	"github.com/aval-access/aval/deploy/journey"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// What the operator, the partner and its collaborator do before the yes.

func (p *performance) found(ctx context.Context) (err error) {
	organization := func(kind membershipv1.OrganizationKind, name, email, given, family string) (journey.Organization, error) {
		p.asked("gRPC  membership.CreateOrganization %s, owner %s", name, email)
		o, err := p.world.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
			Kind: kind, Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Locale: "fr",
			OwnerEmail: email, OwnerGivenName: given, OwnerFamilyName: family,
			Identification: &membershipv1.Identification{
				LegalName: name, RegistrationNumber: "000 000 001", PostalAddress: "1 rue des Exemples\n44000 Nantes",
				ContactEmail: "contact@" + strings.SplitN(email, "@", 2)[1], ContactPhone: "01 99 00 00 00",
			},
		})
		if err == nil {
			p.answered("%s %s; %s signed in over REST", o.ID, o.Name, email)
		}
		return o, err
	}
	if p.partner, err = organization(membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, "Cabinet Lumen", "claire@lumen.example", "Claire", "Lumen"); err != nil {
		return err
	}
	if p.client, err = organization(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, "Boulangerie du Port", "marie@boulangerie.example", "Marie", "Duport"); err != nil {
		return err
	}
	if err := p.world.RegisterProduct(ctx, p.stack); err != nil {
		return err
	}
	p.dossier, err = p.world.LinkDossier(ctx, p.partner, p.client)
	p.answered("dossier %s links them; it gives no access", p.dossier.GetId())
	return err
}

func (p *performance) add(ctx context.Context) error {
	p.karim = journey.Person{Email: "karim@lumen.example", GivenName: "Karim", FamilyName: "Renaud", Password: journey.NewPassword()}
	p.asked("REST  POST /v1/partners/%s/collaborators %s", p.partner.ID, p.karim.Email)
	answer, err := partnersupportv1.NewCollaboratorServiceClient(p.partner.Owner).AddCollaborator(ctx, &partnersupportv1.AddCollaboratorRequest{
		PartnerId: p.partner.ID, Email: p.karim.Email, GivenName: p.karim.GivenName, FamilyName: p.karim.FamilyName,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	})
	if err != nil {
		return err
	}
	p.collaborator = answer.GetCollaborator()
	mail, err := p.world.ReadMail(ctx, p.karim.Email, "")
	if err != nil {
		return err
	}
	p.answered("%s, %s; mail %q", p.collaborator.GetId(), p.collaborator.GetState(), mail.Subject)
	return nil
}

func (p *performance) assignTooEarly(ctx context.Context) error {
	p.asked("REST  POST /v1/partners/%s/assignments:batchCreate", p.partner.ID)
	_, err := partnersupportv1.NewAssignmentServiceClient(p.partner.Owner).BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: p.partner.ID, CollaboratorId: p.collaborator.GetId(), DossierIds: []string{p.dossier.GetId()},
	})
	return p.refused(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY)
}

func (p *performance) join(ctx context.Context) (err error) {
	p.asked("REST  POST /v1/auth:register with the mailed link's token, then /v1/invitations:accept")
	if p.karim, err = p.world.Join(ctx, p.karim, p.partner.ID); err != nil {
		return err
	}
	p.answered("%s is signed in at %s", p.karim.UserID, p.partner.Name)
	return nil
}

func (p *performance) enterUnassigned(ctx context.Context) error {
	p.asked("REST  POST /v1/partners/%s/dossiers/%s:enter", p.partner.ID, p.dossier.GetId())
	_, err := p.world.EnterDossier(ctx, p.karim, p.partner.ID, p.dossier.GetId())
	return p.refused(err, reasonv1.Reason_REASON_NOT_ASSIGNED)
}

func (p *performance) assign(ctx context.Context) error {
	p.asked("REST  POST /v1/partners/%s/assignments:batchCreate", p.partner.ID)
	assignment, err := p.world.Assign(ctx, p.partner, p.collaborator.GetId(), p.dossier.GetId())
	if err != nil {
		return err
	}
	p.answered("%s, %s", assignment.GetId(), assignment.GetState())
	mail, err := p.world.ReadMail(ctx, p.client.Owner.Email, journey.ConsentSubject)
	if err != nil {
		return err
	}
	p.answered("mail to %s: %q, naming %s and %s", mail.To, mail.Subject, p.partner.Name, p.karim.Name())
	p.token, err = journey.TokenOf(mail.Link("/c/"))
	return err
}

func (p *performance) enterTooEarly(ctx context.Context) error {
	p.asked("REST  POST /v1/partners/%s/dossiers/%s:enter, twice", p.partner.ID, p.dossier.GetId())
	var err error
	for range 2 {
		if _, err = p.world.EnterDossier(ctx, p.karim, p.partner.ID, p.dossier.GetId()); err == nil {
			break
		}
	}
	return p.refused(err, reasonv1.Reason_REASON_CONSENT_PENDING)
}
