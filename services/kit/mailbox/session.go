package mailbox

import (
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// session is one SMTP connection.
type session struct {
	box  *Mailbox
	conn *smtp.Conn
	to   []string
}

func (m *Mailbox) newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{box: m, conn: c}, nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data keeps the mail. Where the answer is to be lost, the mail is kept all
// the same: that is what the sender cannot know.
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("receiving mail: %w", err)
	}
	f := s.box.faults.next(s.to)
	<-time.After(f.delay)
	if f.code != 0 {
		return &smtp.SMTPError{Code: f.code, EnhancedCode: smtp.EnhancedCode{f.code / 100, 0, 0}, Message: "refused by the test"}
	}
	if err := s.box.store.add(s.to, content); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	if f.drop {
		_ = s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset() { s.to = nil }

func (s *session) Logout() error { return nil }
