package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestEveryDiagnosis(t *testing.T) { // R60 to R68
	t.Parallel()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	member := &domain.Membership{CreateTime: now}
	invited := func(s domain.InvitationState) *domain.Invitation {
		return &domain.Invitation{State: s, CreateTime: now}
	}
	mail := func(s domain.MailState) []domain.Mail { return []domain.Mail{{State: s, CreateTime: now}} }
	active := domain.Organization{State: domain.Active}
	pending := func(mails []domain.Mail, s domain.Sight) domain.Evidence {
		return domain.Evidence{Organization: active, Latest: invited(domain.Pending), Mails: mails, Sight: s}
	}
	there, waiting := []domain.Elsewhere{{Name: "A", Member: true}}, []domain.Elsewhere{{Name: "B", Pending: true}}
	renewed := pending(mail(domain.Bounced), domain.Sight{})
	renewed.Latest.RenewTime = now.Add(time.Minute)
	acceptedThere := pending(mail(domain.Sent), domain.Sight{Fetches: 1})
	acceptedThere.Elsewhere = there
	for name, c := range map[string]struct {
		evidence domain.Evidence
		want     domain.Diagnosis
	}{
		"a member":                        {domain.Evidence{Organization: active, Member: member, Latest: invited(domain.Accepted)}, domain.IsMember},
		"a member, others not accepted":   {domain.Evidence{Organization: active, Member: member, Elsewhere: waiting}, domain.OthersNotAccepted},
		"accepted elsewhere, not here":    {acceptedThere, domain.OthersNotAccepted},
		"nobody invited":                  {domain.Evidence{Organization: active}, domain.NeverInvited},
		"one letter wrong":                {domain.Evidence{Organization: active, Like: []string{"a@b.c"}}, domain.WrongAddress},
		"suspended":                       {domain.Evidence{Organization: domain.Organization{State: domain.Suspended}, Member: member}, domain.OrganizationOff},
		"declined":                        {domain.Evidence{Organization: active, Latest: invited(domain.Declined)}, domain.InvitationDeclined},
		"cancelled":                       {domain.Evidence{Organization: active, Latest: invited(domain.Cancelled)}, domain.InvitationCancelled},
		"expired":                         {domain.Evidence{Organization: active, Latest: invited(domain.Expired)}, domain.InvitationExpired},
		"was a member":                    {domain.Evidence{Organization: active, Latest: invited(domain.Accepted)}, domain.MembershipOver},
		"no mail yet":                     {pending(nil, domain.Sight{}), domain.MailQueued},
		"the renewal's mail is not made":  {renewed, domain.MailQueued},
		"a mail that waits":               {pending(mail(domain.Waiting), domain.Sight{}), domain.MailQueued},
		"a mail put off":                  {pending(mail(domain.Deferred), domain.Sight{}), domain.MailDeferred},
		"a mail refused":                  {pending(mail(domain.Bounced), domain.Sight{Fetches: 3}), domain.MailBounced},
		"a mail taken":                    {pending(mail(domain.Sent), domain.Sight{}), domain.MailAccepted},
		"a mail whose answer was lost":    {pending(mail(domain.Uncertain), domain.Sight{}), domain.MailAccepted},
		"a link fetched":                  {pending(mail(domain.Sent), domain.Sight{Fetches: 1, LastFetch: now}), domain.LinkFetched},
		"a link opened":                   {pending(mail(domain.Sent), domain.Sight{Opened: now}), domain.LinkOpened},
		"opened by another, then by them": {pending(nil, domain.Sight{OpenedByOther: now, Opened: now.Add(1)}), domain.LinkOpened},
		"opened by another":               {pending(nil, domain.Sight{OpenedByOther: now}), domain.OpenedAsOther},
	} {
		require.Equal(t, c.want, c.evidence.Diagnose(), name)
	}
}
