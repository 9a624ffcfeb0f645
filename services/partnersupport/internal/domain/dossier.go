package domain

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/aval-access/aval/services/kit/id"
)

// DossierState is the state of the link between a partner and a client.
type DossierState string

// The states of a dossier.
const (
	DossierPending DossierState = "PENDING"
	DossierActive  DossierState = "ACTIVE"
	DossierEnded   DossierState = "ENDED"
)

// OrganizationKind is what an organisation is to Aval.
type OrganizationKind string

// The kinds that a dossier joins.
const (
	KindPartner OrganizationKind = "PARTNER"
	KindClient  OrganizationKind = "CLIENT"
)

// Organization is what membership answers about one.
type Organization struct {
	ID                 id.ID
	Kind               OrganizationKind
	LegalName          string
	RegistrationNumber string
	Level1Support      bool
}

// Dossier is a client seen from a partner (R9). Names are a snapshot of the
// day of the link.
type Dossier struct {
	PartnerID                id.ID
	ID                       id.ID
	ClientID                 id.ID
	PartnerName              string
	ClientName               string
	ClientRegistrationNumber string
	SortName                 string
	State                    DossierState
	RequesterID              id.ID // who of the partner asked for it; zero: the platform linked them
	Version                  int64
	CreateTime               time.Time
}

// Link joins a partner that gives level-1 support (R1) and a client. It gives
// no access (R27).
func Link(dossier id.ID, partner, client Organization, now time.Time) (Dossier, error) {
	if partner.Kind != KindPartner || client.Kind != KindClient {
		return Dossier{}, KindWrong
	}
	if !partner.Level1Support {
		return Dossier{}, SupportLevel1Missing
	}
	return Dossier{
		PartnerID:                partner.ID,
		ID:                       dossier,
		ClientID:                 client.ID,
		PartnerName:              partner.LegalName,
		ClientName:               client.LegalName,
		ClientRegistrationNumber: client.RegistrationNumber,
		SortName:                 Fold(client.LegalName),
		State:                    DossierActive,
		Version:                  1,
		CreateTime:               now,
	}, nil
}

// Fold gives the form of a name in which it is sorted and searched: lower
// case, without accents, with single spaces.
func Fold(name string) string {
	stripped, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), name)
	if err != nil {
		stripped = name
	}
	return strings.Join(strings.Fields(strings.ToLower(stripped)), " ")
}

// Admit tells why a dossier of the partner cannot take a collaborator who is
// assigned to some already; empty when it can. What the partner does not have
// is not found.
func Admit(dossiers map[id.ID]Dossier, assigned map[id.ID]bool, dossier id.ID) Refusal {
	d, ok := dossiers[dossier]
	switch {
	case !ok:
		return NotFound
	case d.State != DossierActive:
		return DossierNotActive
	case assigned[dossier]:
		return AlreadyAssigned
	}
	return ""
}
