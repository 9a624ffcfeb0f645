package domain

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Product is an application of a platform team that people enter.
type Product struct {
	ID         id.ID
	Name       string
	EnterURL   string
	Audience   string
	SpiffeID   string
	CreateTime time.Time
}

// Redirect is where the browser goes: the product's address with the one-time
// code, other parameters kept.
func (p Product) Redirect(code string) (string, error) {
	u, err := url.Parse(p.EnterURL)
	if err != nil {
		return "", fmt.Errorf("reading enter_url of product %s: %w", p.ID, err)
	}
	q := u.Query()
	q.Set("code", code)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// SafeURL tells whether a browser may be sent to the address with a code:
// https, or http on this machine.
func SafeURL(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
