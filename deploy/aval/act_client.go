package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// What the client does, and what others do with its mail.

func (p *performance) scan(ctx context.Context) error {
	scanner := driver.HTTPClient(nil)
	link := p.stack.URL() + "/c/" + p.token
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		request, err := http.NewRequestWithContext(ctx, method, link, nil)
		if err != nil {
			return err
		}
		response, err := scanner.Do(request)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		p.asked("HTTP  %s /c/…: %d", method, response.StatusCode)
	}
	nobody := consentv1.NewConsentServiceClient(p.world.Transport.Session("fr"))
	shown, err := nobody.LookupRequest(ctx, &consentv1.LookupRequestRequest{Token: p.token})
	if err != nil {
		return err
	}
	p.asked("REST  POST /v1/consents:approve with nothing chosen")
	_, err = nobody.ApproveByLink(ctx, &consentv1.ApproveByLinkRequest{
		Token: p.token, Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_UNSPECIFIED),
	})
	return p.refused(err, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED)
}

func (p *performance) approve(ctx context.Context) (err error) {
	p.asked("REST  POST /v1/consents:approve DURATION_CHOICE_1_WEEK with the hash of the text shown, and a code from the mailbox")
	p.consent, err = p.world.ApproveByLink(ctx, p.client.Owner.Email, p.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	if err != nil {
		return err
	}
	p.answered("%s, %s until %s", p.consent.GetId(), p.consent.GetState(), p.consent.GetExpireTime().AsTime().Format("2006-01-02 15:04 MST"))
	return nil
}

func (p *performance) look(ctx context.Context) error {
	p.asked("REST  GET /v1/organizations/%s/members, …/consents", p.client.ID)
	members, err := membershipv1.NewMemberServiceClient(p.client.Owner).ListMembers(ctx, &membershipv1.ListMembersRequest{OrganizationId: p.client.ID})
	if err != nil {
		return err
	}
	for _, m := range members.GetMembers() {
		if m.GetUserId() == p.karim.UserID {
			return fmt.Errorf("%s is among the members", p.karim.Name())
		}
	}
	consents, err := consentv1.NewConsentServiceClient(p.client.Owner).ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: p.client.ID})
	if err != nil {
		return err
	}
	if len(consents.GetConsents()) != 1 || consents.GetConsents()[0].GetCollaboratorName() != p.karim.Name() {
		return fmt.Errorf("expected one access, of %s", p.karim.Name())
	}
	p.answered("%d member, %s not among them; 1 access: %s of %s", len(members.GetMembers()), p.karim.Name(), p.karim.Name(), p.partner.Name)
	return nil
}

func (p *performance) withdraw(ctx context.Context) error {
	p.asked("REST  POST /v1/consents/%s:withdraw", p.consent.GetId())
	answer, err := p.world.Withdraw(ctx, p.client.Owner, p.consent.GetId())
	if err != nil {
		return err
	}
	p.answered("%s; ended %d grant, %d visit", answer.GetConsent().GetState(), answer.GetGrantsEnded(), answer.GetSupportSessionsEnded())
	return nil
}

func (p *performance) read(ctx context.Context) error {
	p.asked("REST  GET /v1/organizations/%s/history", p.client.ID)
	return journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		answer, err := consentv1.NewHistoryServiceClient(p.client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: p.client.ID})
		if err != nil || !tellsWithdrawal(answer.GetEntries()) {
			return err != nil, err
		}
		for _, entry := range answer.GetEntries() {
			p.answered("%s  %s", entry.GetTime().AsTime().Format("15:04:05"), entry.GetSentence())
		}
		return true, nil
	})
}

// tellsWithdrawal: the last fact of the journey has arrived.
func tellsWithdrawal(entries []*consentv1.HistoryEntry) bool {
	for _, entry := range entries {
		if entry.GetAction() == "aval.consent.v1.consent.ended" {
			return true
		}
	}
	return false
}
