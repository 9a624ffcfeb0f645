package main

import (
	"context"
	"fmt"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// judge looks at everything once more when all is quiet.
func judge(ctx context.Context, c *company, healed time.Time) error {
	opened, err := c.house.OpenBooks(ctx)
	if err != nil {
		return err
	}
	books := books{opened}
	defer books.Close(ctx)
	if err := books.await(ctx, c.report); err != nil {
		return err
	}
	c.report.took("converged", time.Since(healed))
	for _, o := range c.outcomes() {
		if err := c.refused(ctx, o); err != nil {
			return err
		}
		if err := c.kept(ctx, o); err != nil {
			c.report.violation("journey %d: %v", o.n, err)
		}
		if err := c.told(ctx, o); err != nil {
			c.report.violation("journey %d: %v", o.n, err)
		}
	}
	return books.mails(ctx, c.house.Mail.Messages(), c.report)
}

// kept looks for the writes that were answered.
func (c *company) kept(ctx context.Context, o outcome) error {
	consent, err := consentv1.NewConsentServiceClient(o.Client.Owner).GetConsent(ctx, &consentv1.GetConsentRequest{ConsentId: o.consent})
	if err != nil {
		return fmt.Errorf("looking for the consent: %w", err)
	}
	if state := consent.GetConsent().GetState(); state != consentv1.ConsentState_CONSENT_STATE_WITHDRAWN {
		return fmt.Errorf("the withdrawn consent is %s", state)
	}
	dossiers, err := partnersupportv1.NewDossierServiceClient(o.Partner.Owner).ListDossiers(ctx, &partnersupportv1.ListDossiersRequest{PartnerId: o.Partner.ID})
	if err != nil {
		return fmt.Errorf("looking for the dossier: %w", err)
	}
	if list := dossiers.GetDossiers(); len(list) != 1 || list[0].GetId() != o.Dossier {
		return fmt.Errorf("the partner has %d dossiers in place of the one that was linked", len(list))
	}
	return nil
}

// told reads the client's history: each fact once.
func (c *company) told(ctx context.Context, o outcome) error {
	answer, err := consentv1.NewHistoryServiceClient(o.Client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: o.Client.ID, PageSize: 200})
	if err != nil {
		return fmt.Errorf("reading the history: %w", err)
	}
	times := map[string]int{}
	for _, e := range answer.GetEntries() {
		times[e.GetAction()]++
	}
	for _, action := range []string{
		"aval.membership.v1.organization.created", "aval.partnersupport.v1.assignment.created", "aval.partnersupport.v1.dossier.activated",
		"aval.consent.v1.consent.requested", "aval.consent.v1.consent.given", "aval.consent.v1.consent.ended",
	} {
		if times[action] != 1 {
			return fmt.Errorf("the history tells %d times of %s: %v", times[action], action, times)
		}
	}
	return nil
}
