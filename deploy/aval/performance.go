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
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// performance is the main journey being played: who is on stage, and what they
// hold in their hands.
type performance struct {
	stack *stack.Stack
	world journey.World
	edge  driver.GRPC
	out   io.Writer

	partner, client journey.Organization
	karim           journey.Person
	collaborator    *partnersupportv1.Collaborator
	dossier         *partnersupportv1.Dossier
	token           string
	consent         *consentv1.Consent
	visit           *partnersupportv1.EnterDossierResponse
	browser         *http.Client
}

type scene struct {
	title string
	act   func(context.Context) error
}

func (p *performance) scenes() []scene {
	return []scene{
		{"The operator creates a partner and a client; each owner opens the mail and sets a password", p.found},
		{"The partner's administrator adds a collaborator as Technical support (R12, R13)", p.add},
		{"Assigning before the password is set is refused (R19)", p.assignTooEarly},
		{"The collaborator opens the mail and sets a password: that is the acceptance (R17)", p.join},
		{"Entering without an assignment is refused (R27)", p.enterUnassigned},
		{"The administrator assigns the dossier; the client is asked by mail (R20, R21, R24)", p.assign},
		{"Entering before the yes is refused, and the client is not mailed twice in a day (R27, R28)", p.enterTooEarly},
		{"Scanners that open the link, and a form sent as it stands, change nothing (R128)", p.scan},
		{"The client says yes for a week (R25, R40)", p.approve},
		{"The collaborator enters: a one-time code leads into the product (R29)", p.enter},
		{"The product asks CheckAccess over gRPC: allowed, through the consent", p.checkYes},
		{"The client does not see the collaborator among its members (R33), and sees the access (R129)", p.look},
		{"The client withdraws (R41); the call returns when it is true everywhere", p.withdraw},
		{"CheckAccess over gRPC: denied; the next click in the product is refused", p.checkNo},
		{"The client reads who came and what they did", p.read},
	}
}

func (p *performance) asked(format string, args ...any) {
	fmt.Fprintf(p.out, "    > "+format+"\n", args...)
}

func (p *performance) answered(format string, args ...any) {
	fmt.Fprintf(p.out, "    < "+format+"\n", args...)
}

// refused succeeds when the error has the reason.
func (p *performance) refused(err error, reason reasonv1.Reason) error {
	if !fault.Is(err, reason) {
		return fmt.Errorf("expected %s, got: %w", fault.Name(reason), orDone(err))
	}
	p.answered("%s: %s", fault.Name(reason), fault.Text(reason, "fr"))
	return nil
}

func orDone(err error) error {
	if err == nil {
		return fmt.Errorf("it was done")
	}
	return err
}

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

func (p *performance) check(ctx context.Context) (*membershipv1.CheckAccessResponse, error) {
	p.asked("gRPC  membership.CheckAccess %s in %s, management/invoices, GUEST", p.karim.UserID, p.client.ID)
	answer, err := p.world.Check(ctx, p.karim.UserID, p.client.ID, p.visit.GetSupportSession().GetId(), "management/invoices")
	if err == nil {
		p.answered("allowed=%t source=%s reason=%s", answer.GetAllowed(), answer.GetSource(), answer.GetDenyReason())
	}
	return answer, err
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
