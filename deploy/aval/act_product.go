package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/aval-access/aval/deploy/driver"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// What happens in the product.

func (p *performance) enter(ctx context.Context) (err error) {
	p.asked("REST  POST /v1/partners/%s/dossiers/%s:enter", p.partner.ID, p.dossier.GetId())
	if p.visit, err = p.world.EnterDossier(ctx, p.karim, p.partner.ID, p.dossier.GetId()); err != nil {
		return err
	}
	redirect, err := url.Parse(p.visit.GetRedirectUrl())
	if err != nil {
		return err
	}
	p.answered("%s; redirect to %s://%s%s with a code for 60 s", p.visit.GetSupportSession().GetId(), redirect.Scheme, redirect.Host, redirect.Path)
	jar, _ := cookiejar.New(nil) // it gives no error
	p.browser = driver.HTTPClient(jar)
	p.browser.CheckRedirect = nil
	return p.click(ctx, p.visit.GetRedirectUrl(), http.StatusOK, p.client.Name)
}

// click opens a page of the product and looks for the words.
func (p *performance) click(ctx context.Context, target string, status int, words string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return err
	}
	response, err := p.browser.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != status || !strings.Contains(string(body), words) {
		return fmt.Errorf("the product answered %d: %.400s", response.StatusCode, body)
	}
	p.answered("the product's page answers %d: %q", response.StatusCode, words)
	return nil
}

func (p *performance) checkYes(ctx context.Context) error {
	answer, err := p.check(ctx)
	if err != nil {
		return err
	}
	if !answer.GetAllowed() || answer.GetConsentId() != p.consent.GetId() {
		return fmt.Errorf("expected a yes through %s", p.consent.GetId())
	}
	return nil
}

func (p *performance) checkNo(ctx context.Context) error {
	answer, err := p.check(ctx)
	if err != nil {
		return err
	}
	if answer.GetAllowed() {
		return fmt.Errorf("expected a no")
	}
	return p.click(ctx, p.stack.DemoURL()+"/invoices", http.StatusForbidden, "terminé")
}

func (p *performance) check(ctx context.Context) (*membershipv1.CheckAccessResponse, error) {
	p.asked("gRPC  membership.CheckAccess %s in %s, management/invoices, GUEST", p.karim.UserID, p.client.ID)
	answer, err := p.world.Check(ctx, p.karim.UserID, p.client.ID, p.visit.GetSupportSession().GetId(), "management/invoices")
	if err == nil {
		p.answered("allowed=%t source=%s reason=%s", answer.GetAllowed(), answer.GetSource(), answer.GetDenyReason())
	}
	return answer, err
}
