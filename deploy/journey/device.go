package journey

import (
	"context"
	"fmt"
	"net/url"
	"regexp"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// codeSubject begins the subjects of mails with a code.
const codeSubject = "Votre code pour répondre"

// ProveDevice makes a new device known as the recipient's, by a code that comes
// to their mailbox.
func (w World) ProveDevice(ctx context.Context, email, token string) (device string, err error) {
	before, err := w.Mails(ctx, url.Values{"to": {email}, "subject": {codeSubject}})
	if err != nil {
		return "", err
	}
	after := ""
	if len(before) > 0 {
		after = before[0].ID
	}
	client := consentv1.NewConsentServiceClient(w.Transport.Session(w.Locale))
	sent, err := client.SendConsentCode(ctx, &consentv1.SendConsentCodeRequest{Token: token})
	if err != nil {
		return "", fmt.Errorf("asking for a code: %w", err)
	}
	mail, err := w.ReadMailAfter(ctx, email, codeSubject, after)
	if err != nil {
		return "", err
	}
	_, err = client.ConfirmConsentCode(ctx, &consentv1.ConfirmConsentCodeRequest{
		Token: token, Device: sent.GetDevice(), Code: CodeIn(mail.Text),
	})
	if err != nil {
		return "", fmt.Errorf("typing the code: %w", err)
	}
	return sent.GetDevice(), nil
}

// CodeIn finds the six digits in a mail's text.
func CodeIn(text string) string {
	found := regexp.MustCompile(`Code\S?: ([0-9]{6})`).FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	return found[1]
}
