package stack

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// certificateRenewal is well within the life of a workload's certificate.
const certificateRenewal = 8 * time.Hour

// Workloads that are not services of Aval.
const (
	Operator    = "operator"
	DemoProduct = "demo-product"
)

// SPIFFEID is the identity of a workload of this stack.
func SPIFFEID(name string) string {
	return fmt.Sprintf("spiffe://%s/ns/aval/sa/%s", TrustDomain, name)
}

func (p *parts) openCertificates(_ context.Context, o Options) (err error) {
	if p.authority, err = ca.Load(p.certDir()); err != nil {
		return err
	}
	return p.issueAll()
}

func (p *parts) certDir() string { return filepath.Join(p.dir, "certs") }

func (p *parts) issueAll() error {
	for _, name := range append([]string{"gateway", Operator, DemoProduct}, Services...) {
		paths, err := p.authority.WriteWorkload(p.certDir(), name, ca.Request{SPIFFE: SPIFFEID(name), DNSNames: []string{"localhost"}})
		if err != nil {
			return err
		}
		p.certs[name] = paths
	}
	return nil
}

// renewCertificates keeps a stack that runs for days alive; the services read
// their files again by themselves.
func (p *parts) renewCertificates() lifecycle.Component {
	return lifecycle.Component{Name: "certificates", Run: func(ctx context.Context, ready func()) error {
		ready()
		ticker := time.NewTicker(certificateRenewal)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := p.issueAll(); err != nil {
					return fmt.Errorf("renewing certificates: %w", err)
				}
			}
		}
	}}
}
