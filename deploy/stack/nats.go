package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/natsboot"
	"github.com/nats-io/nats.go"
)

// natsWorkload names the broker's certificate.
const natsWorkload = "nats"

func (p *parts) openNATS(_ context.Context, o Options) error {
	if o.NATSURL != "" {
		return nil
	}
	options := natsboot.Options{StoreDir: p.natsDir(), Volatile: o.Volatile}
	var err error
	if o.Separate {
		if options.ConfigFile, err = p.brokerFile(); err != nil {
			return err
		}
	}
	start := p.embeddedNATS
	if o.Broker != nil {
		start = o.Broker
	}
	stop, err := start(options)
	if err != nil {
		return err
	}
	p.opened.Add(func(context.Context) error { stop(); return nil })
	return nil
}

func (p *parts) embeddedNATS(o natsboot.Options) (stop func(), err error) {
	if p.nats, err = natsboot.Start(o); err != nil {
		return nil, err
	}
	return p.nats.Stop, nil
}

// inProcess is nil where the broker is somebody else's.
func (p *parts) inProcess() nats.InProcessConnProvider {
	if p.nats == nil {
		return nil
	}
	return p.nats.InProcess()
}

// brokerFile writes the configuration of a NATS server that knows every
// service.
func (p *parts) brokerFile() (string, error) {
	paths, err := p.authority.WriteWorkload(p.certDir(), natsWorkload, ca.Request{
		SPIFFE: SPIFFEID(natsWorkload), DNSNames: []string{"localhost"},
	})
	if err != nil {
		return "", err
	}
	if err := p.listeners[natsWorkload].Close(); err != nil {
		return "", fmt.Errorf("handing over an address: %w", err)
	}
	text, err := broker.Configuration(broker.Options{
		Listen: p.address(natsWorkload), StoreDir: p.natsDir(), Cert: paths.Cert, Key: paths.Key, Seeds: p.secrets.Seeds,
	})
	if err != nil {
		return "", err
	}
	file := filepath.Join(p.dir, "nats.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("writing the configuration of nats: %w", err)
	}
	return file, nil
}

func (p *parts) natsDir() string { return filepath.Join(p.dir, "nats") }

// natsAddress is by the name that its certificate carries.
func (p *parts) natsAddress() string { return "localhost:" + p.port(natsWorkload) }
