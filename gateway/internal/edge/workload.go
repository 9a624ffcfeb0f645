package edge

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

// Workload is the SPIFFE id of the certificate that the connection was made
// with; the listener has verified it.
func Workload(r *http.Request) (string, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return "", errors.New("the client shows no certificate")
	}
	name, err := x509svid.IDFromCert(r.TLS.PeerCertificates[0])
	if err != nil {
		return "", fmt.Errorf("reading the client's SPIFFE id: %w", err)
	}
	return name.String(), nil
}
