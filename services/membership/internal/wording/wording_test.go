package wording_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

// evidence makes one for a diagnosis, with everything that its words may name.
func evidence(d domain.Diagnosis) domain.Evidence {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	e := domain.Evidence{
		Email: "ana@example.com", Organization: domain.Organization{
			ID: id.New(), State: domain.Active, Identification: domain.Identification{LegalName: "Garage Blanc"},
		},
		Latest: &domain.Invitation{ID: id.New(), State: domain.Pending, CreateTime: now, ExpireTime: now.Add(time.Hour), EndTime: now},
		Mails:  []domain.Mail{{ID: "dlv_1", State: domain.Sent, Code: 250, CreateTime: now, SentTime: now, TryTime: now, Next: now}},
	}
	switch d {
	case domain.IsMember:
		e.Member = &domain.Membership{CreateTime: now, ValidUntil: now}
	case domain.NeverInvited:
		e.Latest, e.Mails = nil, nil
	case domain.WrongAddress:
		e.Latest, e.Mails, e.Like = nil, nil, []string{"anna@example.com"}
	case domain.MailQueued, domain.MailDeferred, domain.MailBounced:
		e.Mails[0].State = map[domain.Diagnosis]domain.MailState{
			domain.MailQueued: domain.Waiting, domain.MailDeferred: domain.Deferred, domain.MailBounced: domain.Bounced,
		}[d]
	case domain.MailAccepted:
	case domain.LinkFetched:
		e.Sight = domain.Sight{Fetches: 2, FirstFetch: now, LastFetch: now}
	case domain.LinkOpened:
		e.Sight.Opened = now
	case domain.OpenedAsOther:
		e.Sight.OpenedByOther = now
	case domain.InvitationExpired, domain.InvitationDeclined, domain.InvitationCancelled:
		e.Latest.State = domain.InvitationState(d)
	case domain.MembershipOver:
		e.Latest.State = domain.Accepted
	case domain.OrganizationOff:
		e.Organization.State = domain.Suspended
	case domain.OthersNotAccepted:
		e.Elsewhere = []domain.Elsewhere{{Name: "Boulangerie Martin", Member: true}}
	}
	return e
}

func TestEveryDiagnosisIsSaidInBothLanguages(t *testing.T) { // R60 to R69
	t.Parallel()
	for _, d := range domain.Diagnoses() {
		e := evidence(d)
		require.Equal(t, d, e.Diagnose())
		fr, en := wording.Advise("fr", e), wording.Advise("en", e)
		for _, text := range []string{fr.Sentence, fr.NextStep, en.Sentence, en.NextStep} {
			require.NotEmpty(t, text, d)
			require.NotContains(t, text, "{", d)
		}
		require.NotEqual(t, fr, en, d)
		for _, locale := range []string{"fr", "en"} {
			for _, fact := range wording.Facts(locale, e) {
				require.NotContains(t, fact.Text, "{", d)
			}
			context := wording.Context(locale, e)
			require.Contains(t, context, string(d)+" (R6", d) // R65
			require.Contains(t, context, e.Organization.ID.Text("org"))
			require.NotContains(t, context, "avl_", "no secret")
		}
	}
}

func TestEveryWarningIsSaidInBothLanguages(t *testing.T) { // R102, R103
	t.Parallel()
	for _, kind := range []domain.WarningKind{domain.SameMailbox, domain.NearAddress, domain.DomainTypo, domain.Renews} {
		w := domain.Warning{Kind: kind, Email: "ana@example.com"}
		require.Contains(t, wording.Warning("fr", w), "ana@example.com")
		require.NotEqual(t, wording.Warning("fr", w), wording.Warning("en", w))
	}
}
