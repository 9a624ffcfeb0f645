package journey

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// Organization is what the operator makes of one organisation.
type Organization struct {
	ID    string
	Name  string
	Owner Person
}

// NewPassword makes a password that no list holds.
func NewPassword() string {
	raw := make([]byte, 15)
	_, _ = rand.Read(raw) // it gives no error
	text := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-")
}

// FoundOrganization has the operator create an organisation; its owner opens
// the invitation, sets a password and enters.
func (w World) FoundOrganization(ctx context.Context, r *membershipv1.CreateOrganizationRequest) (Organization, error) {
	answer, err := membershipv1.NewOrganizationServiceClient(w.Operator["membership"]).CreateOrganization(ctx, r)
	if err != nil {
		return Organization{}, fmt.Errorf("creating %s: %w", r.GetIdentification().GetLegalName(), err)
	}
	owner := Person{Email: r.GetOwnerEmail(), Password: NewPassword(), GivenName: r.GetOwnerGivenName(), FamilyName: r.GetOwnerFamilyName()}
	out := Organization{ID: answer.GetOrganization().GetId(), Name: r.GetIdentification().GetLegalName()}
	out.Owner, err = w.Join(ctx, owner, out.ID)
	return out, err
}

// Join opens the newest invitation mailed to a person, sets the password,
// accepts and enters the organisation.
func (w World) Join(ctx context.Context, p Person, organization string) (Person, error) {
	token, err := w.InvitationToken(ctx, p.Email)
	if err != nil {
		return p, err
	}
	p.Session = w.Transport.Session(w.Locale)
	registered, err := identityv1.NewAuthServiceClient(p.Session).RegisterWithInvitation(ctx,
		&identityv1.RegisterWithInvitationRequest{Token: token, Password: p.Password, Locale: w.Locale})
	if err != nil {
		return p, fmt.Errorf("setting the password of %s: %w", p.Email, err)
	}
	p.UserID = registered.GetSession().GetUserId()
	if err := p.Accept(ctx, token); err != nil {
		return p, err
	}
	return p, p.Enter(ctx, organization)
}

// InvitationToken waits for the invitation mail.
func (w World) InvitationToken(ctx context.Context, email string) (string, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	mail, err := w.ReadMail(ctx, email, "")
	if err != nil {
		return "", err
	}
	return TokenOf(mail.Link("/i/"))
}

// Accept accepts an invitation by its token.
func (p Person) Accept(ctx context.Context, token string) error {
	_, err := membershipv1.NewInvitationServiceClient(p.Session).AcceptInvitation(ctx, &membershipv1.AcceptInvitationRequest{Token: token})
	if err != nil {
		return fmt.Errorf("accepting as %s: %w", p.Email, err)
	}
	return nil
}

// SignIn opens a new session with the password.
func (w World) SignIn(ctx context.Context, p Person, organization string) (Person, error) {
	p.Session = w.Transport.Session(w.Locale)
	answer, err := identityv1.NewAuthServiceClient(p.Session).SignIn(ctx, &identityv1.SignInRequest{Email: p.Email, Password: p.Password})
	if err != nil {
		return p, fmt.Errorf("signing in as %s: %w", p.Email, err)
	}
	p.UserID = answer.GetSession().GetUserId()
	return p, p.Enter(ctx, organization)
}

// Enter chooses the organisation.
func (p Person) Enter(ctx context.Context, organization string) error {
	_, err := identityv1.NewAuthServiceClient(p.Session).SelectContext(ctx, &identityv1.SelectContextRequest{OrganizationId: organization})
	if err != nil {
		return fmt.Errorf("entering %s as %s: %w", organization, p.Email, err)
	}
	return nil
}
