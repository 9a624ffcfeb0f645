package app

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// PrepareMail says which mails an event of partner support calls for.
type PrepareMail struct{ Deps }

// Mail is one mail to everybody who decides for an organisation.
type Mail struct {
	OrganizationID id.ID
	To             []sibling.Recipient
	Template       string
	Variables      map[string]string
	ActionPath     string
	Reference      string
	// Brand is the partner whose brand it wears; zero: none (R8).
	Brand id.ID
}

// Where the mails lead to.
const (
	linksPath     = "/assistance/partners"
	dossiersPath  = "/partner/dossiers"
	conflictsPath = "/partner/conflicts"

	collaboratorsPath = "/partner/collaborators/"
)

// Do answers nil when the fact no longer calls for a mail.
func (u PrepareMail) Do(ctx context.Context, event proto.Message) (*Mail, error) {
	switch e := event.(type) {
	case *v1.DossierRequested:
		return u.link(ctx, linkMail{e.GetPartnerId(), e.GetDossierId(), domain.DossierPending})
	case *v1.DossierAccepted:
		return u.link(ctx, linkMail{e.GetPartnerId(), e.GetDossierId(), domain.DossierActive})
	case *v1.DossierDeclined:
		return u.link(ctx, linkMail{e.GetPartnerId(), e.GetDossierId(), domain.DossierEnded})
	case *v1.DossierEnded:
		return u.linkEnded(ctx, e)
	case *v1.ReleaseRequested:
		return u.release(ctx, e)
	case *v1.CollaboratorEnteredUntagged:
		return u.untagged(ctx, e)
	}
	return nil, nil
}

// release tells the partner that was first that somebody asks, and not who
// (R127).
func (u PrepareMail) release(ctx context.Context, e *v1.ReleaseRequested) (*Mail, error) {
	partner, err := id.Parse(contract.Organization, e.GetPartnerId())
	if err != nil {
		return nil, err
	}
	release, err := id.Parse(contract.Release, e.GetReleaseRequestId())
	if err != nil {
		return nil, err
	}
	found, err := pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) ([]postgres.ReleaseView, error) {
		return postgres.Releases(ctx, tx, postgres.ReleaseList{Partner: partner, Release: release, Limit: 1})
	})
	if err != nil || len(found) == 0 || found[0].State(found[0].Live) != domain.ReleaseOpen {
		return nil, err
	}
	to, err := u.Membership.Deciders(ctx, partner, id.ID{})
	return &Mail{
		OrganizationID: partner, To: to, Template: "release_request", ActionPath: conflictsPath, Reference: e.GetReleaseRequestId(),
		Variables: map[string]string{"client_name": found[0].ClientName, "collaborator_name": found[0].CollaboratorName},
	}, err
}

// linkMail is a link, and the state of which a mail tells.
type linkMail struct {
	partner, dossier string
	state            domain.DossierState
}

// link asks the client, or tells the partner what it answered (R24).
func (u PrepareMail) link(ctx context.Context, m linkMail) (*Mail, error) {
	d, err := u.dossier(ctx, m.partner, m.dossier)
	if err != nil || d.State != m.state {
		return nil, err
	}
	mail := &Mail{
		OrganizationID: d.PartnerID, Template: "link_answer", ActionPath: dossiersPath, Reference: d.ID.Text(contract.Dossier),
		Variables: map[string]string{"client_name": d.ClientName, "partner_name": d.PartnerName, "state": string(d.State)},
	}
	if d.State != domain.DossierPending {
		mail.To, err = u.Membership.Deciders(ctx, d.PartnerID, id.ID{})
		return mail, err
	}
	if err := u.identify(ctx, d, mail); err != nil {
		return nil, err
	}
	mail.To, err = u.Membership.Deciders(ctx, d.ClientID, d.PartnerID)
	return mail, err
}

// linkEnded tells everybody who decides for the client, once, that a partner's
// link is over with all its accesses, whichever side ended it.
func (u PrepareMail) linkEnded(ctx context.Context, e *v1.DossierEnded) (*Mail, error) {
	d, err := u.dossier(ctx, e.GetPartnerId(), e.GetDossierId())
	if err != nil || d.State != domain.DossierEnded {
		return nil, err
	}
	to, err := u.Membership.Deciders(ctx, d.ClientID, d.PartnerID)
	return &Mail{
		OrganizationID: d.ClientID, To: to, Template: "link_ended", ActionPath: linksPath, Reference: d.ID.Text(contract.Dossier),
		Variables: map[string]string{
			"client_name": d.ClientName, "partner_name": d.PartnerName,
			"side": strings.TrimPrefix(e.GetSide().String(), "DOSSIER_SIDE_"),
		},
	}, err
}

// identify makes it the mail to the client, with all that identifies the
// partner.
func (u PrepareMail) identify(ctx context.Context, d domain.Dossier, mail *Mail) error {
	partner, err := u.Membership.Organization(ctx, d.PartnerID)
	if err != nil {
		return err
	}
	is := partner.GetIdentification()
	mail.OrganizationID, mail.Template, mail.ActionPath, mail.Brand = d.ClientID, "link_request", linksPath, d.PartnerID
	mail.Variables = map[string]string{
		"client_name": d.ClientName, "partner_name": is.GetLegalName(),
		"partner_registration_number": is.GetRegistrationNumber(), "partner_address": is.GetPostalAddress(),
		"partner_email": is.GetContactEmail(), "partner_phone": is.GetContactPhone(),
	}
	return nil
}

func (u PrepareMail) dossier(ctx context.Context, partner, dossier string) (domain.Dossier, error) {
	owner, err := id.Parse(contract.Organization, partner)
	if err != nil {
		return domain.Dossier{}, err
	}
	link, err := id.Parse(contract.Dossier, dossier)
	if err != nil {
		return domain.Dossier{}, err
	}
	return pg.InTenant(ctx, u.DB, owner, func(ctx context.Context, tx pg.Tx) (domain.Dossier, error) {
		return postgres.Dossier(ctx, tx, owner, link)
	})
}
