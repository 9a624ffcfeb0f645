package authn

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

// lookAgain is the shortest time between two looks at the files.
const lookAgain = time.Second

// material is one consistent reading of the three files.
type material struct {
	svid   *x509svid.SVID
	bundle *x509bundle.Bundle
	stamp  fileStamp
}

// fileStamp tells one version of the files from the next.
type fileStamp [3]struct {
	modified time.Time
	size     int64
}

// fileSource serves the workload's certificate and the authorities' bundle to
// go-spiffe, from files.
type fileSource struct {
	config TLSConfig
	domain spiffeid.TrustDomain
	log    *slog.Logger

	mu     sync.Mutex
	held   material
	looked time.Time
}

func newFileSource(config TLSConfig, domain spiffeid.TrustDomain, log *slog.Logger) (*fileSource, error) {
	s := &fileSource{config: config, domain: domain, log: log, looked: time.Now()}
	held, err := s.read()
	if err != nil {
		return nil, err
	}
	s.held = held
	return s, nil
}

// GetX509SVID implements x509svid.Source.
func (s *fileSource) GetX509SVID() (*x509svid.SVID, error) {
	return s.current().svid, nil
}

// GetX509BundleForTrustDomain implements x509bundle.Source.
func (s *fileSource) GetX509BundleForTrustDomain(domain spiffeid.TrustDomain) (*x509bundle.Bundle, error) {
	return s.current().bundle.GetX509BundleForTrustDomain(domain)
}

func (s *fileSource) current() material {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.looked) < lookAgain {
		return s.held
	}
	s.looked = time.Now()
	stamp, err := s.stamp()
	if err == nil && stamp == s.held.stamp {
		return s.held
	}
	fresh, err := s.read()
	if err != nil {
		// Half of a rotation looks like this too; the next look settles it.
		s.warn(err)
		return s.held
	}
	s.held = fresh
	return s.held
}

func (s *fileSource) read() (material, error) {
	stamp, err := s.stamp()
	if err != nil {
		return material{}, err
	}
	svid, err := x509svid.Load(s.config.CertFile, s.config.KeyFile)
	if err != nil {
		return material{}, fmt.Errorf("reading the certificate and its key: %w", err)
	}
	bundle, err := x509bundle.Load(s.domain, s.config.CAFile)
	if err != nil {
		return material{}, fmt.Errorf("reading the authorities: %w", err)
	}
	if !svid.ID.MemberOf(s.domain) {
		return material{}, fmt.Errorf("the certificate of %s is not of %s", svid.ID, s.domain)
	}
	return material{svid: svid, bundle: bundle, stamp: stamp}, nil
}

func (s *fileSource) stamp() (fileStamp, error) {
	var stamp fileStamp
	for i, path := range []string{s.config.CertFile, s.config.KeyFile, s.config.CAFile} {
		info, err := os.Stat(path)
		if err != nil {
			return fileStamp{}, err
		}
		stamp[i].modified, stamp[i].size = info.ModTime(), info.Size()
	}
	return stamp, nil
}

func (s *fileSource) warn(err error) {
	if s.log != nil {
		s.log.Warn("the workload's certificate could not be read again", slog.Any("error", err))
	}
}
