package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// ReadMail waits for a mail to the address whose subject contains the words,
// and gives the newest.
func (w World) ReadMail(ctx context.Context, to, subject string) (mailbox.Message, error) {
	return w.ReadMailAfter(ctx, to, subject, "")
}

// ReadMailAfter is ReadMail for mails that came after the one with this id.
func (w World) ReadMailAfter(ctx context.Context, to, subject, after string) (mailbox.Message, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	for ctx.Err() == nil {
		mails, err := w.Mails(ctx, url.Values{"to": {to}, "subject": {subject}, "after": {after}, "wait": {"10s"}})
		if err != nil {
			return mailbox.Message{}, err
		}
		if len(mails) > 0 {
			return mails[0], nil
		}
	}
	return mailbox.Message{}, fmt.Errorf("no mail %q to %s came within %s", subject, to, patience(ctx))
}

// Mails lists mails, newest first; the query is the mailbox's own.
func (w World) Mails(ctx context.Context, query url.Values) ([]mailbox.Message, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Mail+"/api/messages?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := driver.HTTPClient(nil).Do(request)
	if err != nil {
		return nil, fmt.Errorf("reading the mailbox: %w", err)
	}
	defer response.Body.Close()
	var mails []mailbox.Message
	if err := json.NewDecoder(response.Body).Decode(&mails); err != nil {
		return nil, fmt.Errorf("reading the mailbox: %w", err)
	}
	return mails, nil
}
