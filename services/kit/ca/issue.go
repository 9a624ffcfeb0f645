package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/url"
	"time"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
)

// Request says which certificate to make.
type Request struct {
	// SPIFFE is the whole identity, "spiffe://<trust domain>/ns/<namespace>/sa/<name>".
	SPIFFE string
	// DNSNames are for peers that do not speak SPIFFE, such as curl; may be empty.
	DNSNames []string
	// NotAfter is the end; zero means 24 hours from now.
	NotAfter time.Time
}

// Sign makes a key and the certificate that the request asks for, both as PEM.
func (c *CA) Sign(r Request) (certPEM, keyPEM []byte, err error) {
	template, err := r.template(time.Now())
	if err != nil {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("generating the key of %s: %w", r.SPIFFE, err)
	}
	cert, err := sign(template, c.cert, key.Public(), c.key)
	if err != nil {
		return nil, nil, fmt.Errorf("signing the certificate of %s: %w", r.SPIFFE, err)
	}
	keyPEM, err = encodeKey(key)
	if err != nil {
		return nil, nil, err
	}
	return encodeCert(cert), keyPEM, nil
}

func (r Request) template(now time.Time) (*x509.Certificate, error) {
	name, err := spiffeid.FromString(r.SPIFFE)
	if err != nil {
		return nil, fmt.Errorf("reading the SPIFFE id %q: %w", r.SPIFFE, err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	end := r.NotAfter
	if end.IsZero() {
		end = now.Add(lifetime)
	}
	start := now
	if end.Before(start) {
		start = end
	}
	return &x509.Certificate{
		SerialNumber:          serial,
		NotBefore:             start.Add(-backdate),
		NotAfter:              end,
		URIs:                  []*url.URL{name.URL()},
		DNSNames:              r.DNSNames,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, nil
}
