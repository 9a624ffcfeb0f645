// Package submission hands a mail to the configured SMTP server, and says
// exactly what is known of the outcome: accepted, refused for now, refused for
// good, or unknown because the answer was lost. What follows from that is
// decided elsewhere.
package submission

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ioTimeout bounds each of the connection, the greeting and the exchange; all
// together stay below the lease of a delivery.
const ioTimeout = 10 * time.Second

// Server is where mails are handed over.
type Server struct {
	// TLS replaces the system's roots; the server's name is always verified.
	TLS *tls.Config

	host     string
	port     int
	user     string
	password string
	security security
}

type security string

const (
	plain       security = "none"
	startTLS    security = "starttls"
	implicitTLS security = "tls"
)

// Parse reads smtp://user:password@host:port?tls=starttls|tls|none. STARTTLS is
// required where nothing is said; the port follows from it.
func Parse(text string) (Server, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Server{}, errors.New("reading the smtp url: malformed")
	}
	if u.Scheme != "smtp" || u.Hostname() == "" {
		return Server{}, errors.New("reading the smtp url: it must be smtp://user:password@host:port?tls=starttls")
	}
	s := Server{host: u.Hostname(), user: u.User.Username(), security: security(u.Query().Get("tls"))}
	s.password, _ = u.User.Password()
	if s.security == "" {
		s.security = startTLS
	}
	ports := map[security]int{plain: 25, startTLS: 587, implicitTLS: 465}
	port, known := ports[s.security]
	if !known {
		return Server{}, errors.New("reading the smtp url: tls is starttls, tls or none")
	}
	if s.port = port; u.Port() != "" {
		if s.port, err = strconv.Atoi(u.Port()); err != nil {
			return Server{}, errors.New("reading the smtp url: malformed port")
		}
	}
	return s, nil
}

// client prepares one exchange; dial makes its connection where TLS does not
// come first.
func (s Server) client(dial gomail.DialContextFunc) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithTimeout(ioTimeout)}
	switch s.security {
	case plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithDialContextFunc(dial))
	case implicitTLS:
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithDialContextFunc(dial))
	}
	options = append(options, gomail.WithPort(s.port))
	if s.TLS != nil {
		config := s.TLS.Clone()
		config.ServerName = s.host
		options = append(options, gomail.WithTLSConfig(config))
	}
	if s.user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return nil, fmt.Errorf("preparing smtp client: %w", err)
	}
	return client, nil
}
