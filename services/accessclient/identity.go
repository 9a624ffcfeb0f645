package accessclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// lookAgain is the shortest time between two looks at the files.
const lookAgain = time.Second

// identity is who the caller is, and whom it takes for the server.
type identity struct {
	files  [3]string // certificate, key, authorities
	server string
	log    *slog.Logger

	mu     sync.Mutex
	held   material
	looked time.Time
}

// material is one consistent reading of the files.
type material struct {
	certificate *tls.Certificate
	authorities *x509.CertPool
	stamp       stamp
}

// stamp tells one version of the files from the next.
type stamp [3]struct {
	modified time.Time
	size     int64
}

func newIdentity(o Options) (*identity, error) {
	if !strings.HasPrefix(o.Server, "spiffe://") {
		return nil, fmt.Errorf("the server's SPIFFE id %q is none", o.Server)
	}
	i := &identity{files: [3]string{o.CertFile, o.KeyFile, o.CAFile}, server: o.Server, log: o.Log, looked: time.Now()}
	var err error
	i.held, err = i.read()
	return i, err
}

func (i *identity) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return i.current().certificate, nil
		},
		// A workload is known by its SPIFFE id and not by a host's name: what
		// this leaves out, verify does.
		InsecureSkipVerify: true,
		VerifyConnection:   i.verify,
	}
}

// verify demands a certificate of the authorities, for exactly the server (SPIFFE
// X.509-SVID §4, §5).
func (i *identity) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	leaf := state.PeerCertificates[0]
	switch {
	case len(leaf.URIs) != 1 || leaf.URIs[0].String() != i.server:
		return fmt.Errorf("the server is not %s", i.server)
	case leaf.IsCA || leaf.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) != 0:
		return errors.New("the server shows an authority's certificate")
	}
	options := x509.VerifyOptions{
		Roots: i.current().authorities, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, one := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(one)
	}
	if _, err := leaf.Verify(options); err != nil {
		return fmt.Errorf("checking the server's certificate: %w", err)
	}
	return nil
}

// current is the last good reading of the files.
func (i *identity) current() material {
	i.mu.Lock()
	defer i.mu.Unlock()
	if time.Since(i.looked) < lookAgain {
		return i.held
	}
	i.looked = time.Now()
	if now, err := i.stamp(); err == nil && now == i.held.stamp {
		return i.held
	}
	fresh, err := i.read()
	if err != nil { // half of a rotation looks like this too; the next look settles it
		i.log.Warn("the certificate for access decisions could not be read again", slog.Any("error", err))
		return i.held
	}
	i.held = fresh
	return i.held
}

func (i *identity) read() (material, error) {
	stamp, err := i.stamp()
	if err != nil {
		return material{}, fmt.Errorf("looking at the certificate's files: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(i.files[0], i.files[1])
	if err != nil {
		return material{}, fmt.Errorf("reading the certificate and its key: %w", err)
	}
	text, err := os.ReadFile(i.files[2])
	if err != nil {
		return material{}, fmt.Errorf("reading the authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return material{}, fmt.Errorf("%s holds no authority", i.files[2])
	}
	return material{certificate: &pair, authorities: pool, stamp: stamp}, nil
}

func (i *identity) stamp() (out stamp, err error) {
	for n, path := range i.files {
		info, err := os.Stat(path)
		if err != nil {
			return out, err
		}
		out[n].modified, out[n].size = info.ModTime(), info.Size()
	}
	return out, nil
}
