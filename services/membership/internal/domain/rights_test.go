package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestNearestAncestorWins(t *testing.T) { // R115, R121
	t.Parallel()
	rights := domain.Rights{"account": 4, "account/invoices": 1, "emailings": 3, "a/b": 2}
	for path, want := range map[string]domain.Level{
		"account": 4, "account/users": 4, "account/invoices": 1, "account/invoices/x": 1,
		"emailings": 3, "sms": 1, "a": 1, "a/b/c/d": 2, "accounts": 1, "": 1,
	} {
		require.Equal(t, want, rights.At(path), path)
	}
}

func TestRightsOfARole(t *testing.T) {
	t.Parallel()
	for _, role := range []domain.Role{domain.Owner, domain.Admin} {
		r := domain.RightsOf(role, domain.Rights{"sms": 1})
		require.Equal(t, domain.LevelApprover, r.At("sms"), role)
		require.Equal(t, domain.LevelApprover, r.At("aval/rights"), role)
	}
	conferred := domain.Rights{"sms": 2}
	r := domain.RightsOf(domain.Member, conferred)
	require.Equal(t, domain.LevelGuest, r.At("sms"))
	require.Equal(t, domain.LevelGuest, r.At("aval/organization"))
	require.Equal(t, domain.LevelNone, r.At("aval/members"))
	require.Equal(t, domain.Rights{"sms": 2}, conferred, "what was conferred stays as it is")
}

func catalogue() domain.Catalogue {
	return domain.Catalogue{
		{Path: "management"}, {Path: "management/invoices"}, {Path: "sms"},
		{Path: "aval"}, {Path: "aval/organization"}, {Path: "aval/invitations"},
	}
}

func TestNobodyConfersMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	plain := func(r domain.Rights) domain.Offer { return domain.Offer{Role: domain.Member, Rights: r} }
	inviter := domain.Rights{"aval/invitations": 4, "management": 4, "management/invoices": 2}
	collaborator := domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport}
	soon := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		giver domain.Giver
		offer domain.Offer
		want  error
	}{
		"an owner makes an owner":                 {domain.Giver{Role: domain.Owner}, domain.Offer{Role: domain.Owner}, nil},
		"an owner makes an administrator":         {domain.Giver{Role: domain.Owner}, domain.Offer{Role: domain.Admin}, nil},
		"an administrator makes no owner":         {domain.Giver{Role: domain.Admin}, domain.Offer{Role: domain.Owner}, domain.ErrRightsExceedYours},
		"an administrator makes an administrator": {domain.Giver{Role: domain.Admin}, domain.Offer{Role: domain.Admin}, nil},
		"an administrator gives any right":        {domain.Giver{Role: domain.Admin}, plain(domain.Rights{"management": 4, "aval": 4}), nil},
		"an administrator adds a collaborator":    {domain.Giver{Role: domain.Admin}, collaborator, nil}, // R14
		"a member makes no administrator":         {domain.Giver{Role: domain.Member, Rights: inviter}, domain.Offer{Role: domain.Admin}, domain.ErrRightsExceedYours},
		"a member makes no owner":                 {domain.Giver{Role: domain.Member, Rights: inviter}, domain.Offer{Role: domain.Owner}, domain.ErrRightsExceedYours},
		"a member adds no collaborator":           {domain.Giver{Role: domain.Member, Rights: inviter}, collaborator, domain.ErrRightsExceedYours}, // R14
		"a member gives what they hold":           {domain.Giver{Role: domain.Member, Rights: inviter}, plain(inviter), nil},
		"a member gives nothing":                  {domain.Giver{Role: domain.Member, Rights: inviter}, plain(nil), nil},
		"a member gives less":                     {domain.Giver{Role: domain.Member, Rights: inviter}, plain(domain.Rights{"management/invoices": 2}), nil},
		"a member gives no higher level":          {domain.Giver{Role: domain.Member, Rights: inviter}, plain(domain.Rights{"management/invoices": 3}), domain.ErrRightsExceedYours},
		"a member gives no other feature":         {domain.Giver{Role: domain.Member, Rights: inviter}, plain(domain.Rights{"sms": 2}), domain.ErrRightsExceedYours},
		"a right reaches no child held lower":     {domain.Giver{Role: domain.Member, Rights: inviter}, plain(domain.Rights{"management": 4}), domain.ErrRightsExceedYours},
		"who has an end gives none without":       {domain.Giver{Role: domain.Admin, ValidUntil: soon}, domain.Offer{Role: domain.Member}, domain.ErrRightsExceedYours}, // R122
		"nor a later one":                         {domain.Giver{Role: domain.Admin, ValidUntil: soon}, domain.Offer{Role: domain.Member, ValidUntil: soon.Add(1)}, domain.ErrRightsExceedYours},
		"but the same":                            {domain.Giver{Role: domain.Admin, ValidUntil: soon}, domain.Offer{Role: domain.Member, ValidUntil: soon}, nil},
		"unless the child is lowered too":         {domain.Giver{Role: domain.Member, Rights: inviter}, plain(domain.Rights{"management": 4, "management/invoices": 1}), nil},
	} {
		require.ErrorIs(t, c.giver.MayConfer(c.offer, catalogue()), c.want, name)
	}
}

func TestOffersThatCannotBe(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		kind  domain.OrganizationKind
		offer domain.Offer
		want  error
	}{
		"a collaborator of a partner": {domain.Partner, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport}, nil},
		"an accountant of a partner":  {domain.Partner, domain.Offer{Role: domain.Admin, PartnerRole: domain.Accountant}, nil},
		"a collaborator of a client":  {domain.Client, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport}, domain.ErrKindWrong}, // R70
		"a collaborator of the staff": {domain.Platform, domain.Offer{Role: domain.Member, PartnerRole: domain.Accountant}, domain.ErrKindWrong},
		"a right on a known feature":  {domain.Client, domain.Offer{Role: domain.Member, Rights: domain.Rights{"sms": 2}}, nil},
		"a right on an unknown one":   {domain.Client, domain.Offer{Role: domain.Member, Rights: domain.Rights{"fax": 2}}, domain.ErrFeatureUnknown},
		"a right on the root":         {domain.Client, domain.Offer{Role: domain.Member, Rights: domain.Rights{"": 4}}, domain.ErrFeatureUnknown},
		"rights beside a whole role":  {domain.Client, domain.Offer{Role: domain.Owner, Rights: domain.Rights{"sms": 2}}, nil},
	} {
		require.ErrorIs(t, c.offer.Validate(c.kind, catalogue()), c.want, name)
	}
	later := domain.Offer{Role: domain.Member, ValidUntil: now.Add(time.Hour)} // R122
	require.NoError(t, later.CheckEnd(now))
	for name, o := range map[string]domain.Offer{
		"an end that has come":           {Role: domain.Member, ValidUntil: now},
		"an end that no clock will show": {Role: domain.Member, ValidUntil: time.Unix(253402300800, 0)},
		"an owner with an end":           {Role: domain.Owner, ValidUntil: now.Add(time.Hour)},
	} {
		var refused domain.FieldError
		require.ErrorAs(t, o.CheckEnd(now), &refused, name)
		require.Equal(t, "member_valid_until", refused.Field)
	}
	owner := domain.Offer{Role: domain.Owner, Rights: domain.Rights{"sms": 2}}
	require.NoError(t, owner.Validate(domain.Client, catalogue()))
	require.Empty(t, owner.Rights, "a whole role needs no list")
}

func TestOrganizationsThatCannotBe(t *testing.T) { // R1, H1
	t.Parallel()
	valid := domain.Organization{
		Kind: domain.Partner, Level1Support: true,
		Identification: domain.Identification{LegalName: " Cabinet Dupont ", PostalAddress: "1 rue X\n75000 Paris"},
	}
	require.NoError(t, valid.Validate())
	require.Equal(t, "Cabinet Dupont", valid.Identification.LegalName)
	for name, change := range map[string]func(*domain.Organization){
		"level-1 support of a client": func(o *domain.Organization) { o.Kind = domain.Client },
		"no name":                     func(o *domain.Organization) { o.Identification.LegalName = "  " },
		"a name over two lines":       func(o *domain.Organization) { o.Identification.LegalName = "A\nBcc: x@example.com" },
		"a name that turns direction": func(o *domain.Organization) { o.Identification.LegalName = "A\u202ecod" },
		"a phone with a control":      func(o *domain.Organization) { o.Identification.ContactPhone = "1\x00" },
		"an address with a return":    func(o *domain.Organization) { o.Identification.PostalAddress = "a\r\nb" },
	} {
		o := valid
		change(&o)
		require.Error(t, o.Validate(), name)
	}
}
