package submission

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Mail is what is handed over.
type Mail struct {
	From    mail.Address
	To      string
	Subject string
	Text    string
	HTML    string
	// Logo is a PNG that the HTML shows as "cid:logo"; empty: none.
	Logo      []byte
	MessageID string // without angle brackets
	Date      time.Time
}

// Result is what is known of a submission.
type Result int

// The results.
const (
	// Accepted: the server answered 250.
	Accepted Result = iota + 1
	// Deferred: 4xx, or the server could not be reached; it holds nothing.
	Deferred
	// Rejected: 5xx, or the mail cannot be written at all; it holds nothing.
	Rejected
	// Lost: the whole content was handed over and no answer came.
	Lost
)

// Outcome of a submission. Cause may name the recipient: it is not logged.
type Outcome struct {
	Result Result
	// Code is the server's answer, 0 if there was none.
	Code  int
	Cause error
}

const accepted = 250

// Submit hands the mail over once.
func (s Server) Submit(ctx context.Context, m Mail) Outcome {
	message, err := m.message()
	if err != nil {
		return Outcome{Result: Rejected, Cause: err}
	}
	// The library leaves the connection open when the greeting or TLS fails.
	var line connection
	defer line.close()
	client, err := s.client(line.dial)
	if err != nil {
		return Outcome{Result: Deferred, Cause: err}
	}
	// A refusal before the mail is even named concerns us, not the recipient:
	// it can be mended, whatever its code.
	if err := client.DialWithContext(ctx); err != nil {
		return Outcome{Result: Deferred, Cause: fmt.Errorf("connecting to the mail server: %w", err)}
	}
	err = client.Send(message)
	_ = client.Close()
	return outcomeOf(message, err)
}

// connection remembers what was dialled, to close it whatever happens.
type connection struct{ conn net.Conn }

func (c *connection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	c.conn = conn
	return conn, err
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close() // closed twice in the ordinary case
	}
}

func outcomeOf(message *gomail.Msg, err error) Outcome {
	if err == nil || message.IsDelivered() {
		return Outcome{Result: Accepted, Code: accepted}
	}
	var refused *gomail.SendError
	if !errors.As(err, &refused) {
		return Outcome{Result: Deferred, Cause: err}
	}
	o := Outcome{Code: refused.ErrorCode(), Cause: err}
	switch {
	case o.Code >= 500:
		o.Result = Rejected
	case o.Code >= 400:
		o.Result = Deferred
	case refused.Reason == gomail.ErrSMTPDataClose:
		o.Result = Lost
	default:
		o.Result = Deferred
	}
	return o
}

func (m Mail) message() (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(&m.From)
	if err := message.To(m.To); err != nil {
		return nil, fmt.Errorf("writing the recipient: %w", err)
	}
	message.Subject(m.Subject)
	message.SetDateWithValue(m.Date)
	message.SetMessageIDWithValue(m.MessageID)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetGenHeader("X-Auto-Response-Suppress", "All")
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if len(m.Logo) == 0 {
		return message, nil
	}
	err := message.EmbedReader("logo.png", bytes.NewReader(m.Logo), gomail.WithFileContentID("logo"), gomail.WithFileContentType("image/png"))
	if err != nil {
		return nil, fmt.Errorf("writing the logo: %w", err)
	}
	return message, nil
}
