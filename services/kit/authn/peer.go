package authn

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// peerCertificate is the one that the handshake verified.
func peerCertificate(ctx context.Context) (*x509.Certificate, error) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil, errors.New("the request has no peer")
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.PeerCertificates) == 0 {
		return nil, errors.New("the peer shows no certificate")
	}
	return info.State.PeerCertificates[0], nil
}

// splitPath takes "/ns/<namespace>/sa/<name>" apart.
func splitPath(name spiffeid.ID) (namespace, service string, ok bool) {
	parts := strings.Split(name.Path(), "/")
	if len(parts) != 5 || parts[1] != "ns" || parts[3] != "sa" {
		return "", "", false
	}
	return parts[2], parts[4], true
}
