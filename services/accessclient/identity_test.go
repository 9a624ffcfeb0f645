package accessclient_test

import (
	"crypto/x509"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/accessclient"
)

// A server is asked when it shows a certificate of the authorities, in time, for
// the one id that is named: SPIFFE X.509-SVID §4 and §5.
func TestOnlyTheServerThatIsNamedIsAsked(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	expired, signing := workload(t, membership), workload(t, membership)
	expired.NotAfter = time.Now().Add(-time.Minute)
	signing.KeyUsage |= x509.KeyUsageCertSign
	for name, c := range map[string]struct {
		by      authority
		shown   *x509.Certificate
		allowed bool
	}{
		"the server":                  {ours, workload(t, membership), true},
		"another workload":            {ours, workload(t, "spiffe://aval.local/ns/aval/sa/consent"), false},
		"another trust domain":        {ours, workload(t, "spiffe://elsewhere.example/ns/aval/sa/membership"), false},
		"two ids":                     {ours, workload(t, membership, "spiffe://aval.local/ns/aval/sa/consent"), false},
		"no id":                       {ours, workload(t), false},
		"another authority's server":  {newAuthority(t), workload(t, membership), false},
		"the server, too late":        {ours, expired, false},
		"the server, as an authority": {ours, signing, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := dial(t, ours.options(t, c.by.serve(t, c.shown, yes))).Check(bounded(t), question())
			if c.allowed {
				require.NoError(t, err)
				require.True(t, d.Allowed)
				return
			}
			require.ErrorIs(t, err, accessclient.ErrUnavailable)
			require.Zero(t, d)
		})
	}
}

func TestAClientIsNotMadeWithoutItsFiles(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	for name, spoil := range map[string]func(*accessclient.Options){
		"no id":             func(o *accessclient.Options) { o.Server = "membership" },
		"no certificate":    func(o *accessclient.Options) { o.CertFile = "nowhere.pem" },
		"another's key":     func(o *accessclient.Options) { o.KeyFile = ours.options(t, "").KeyFile },
		"no authority":      func(o *accessclient.Options) { o.CAFile = o.KeyFile },
		"authorities gone":  func(o *accessclient.Options) { o.CAFile = "nowhere.pem" },
		"no address at all": func(o *accessclient.Options) { o.Target = "%" },
	} {
		o := ours.options(t, "127.0.0.1:1")
		spoil(&o)
		_, err := accessclient.Dial(t.Context(), o)
		require.Error(t, err, name)
	}
}

// Half of a rotation leaves the last good files in use.
func TestFilesThatCannotBeReadChangeNothing(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	o := ours.options(t, ours.serve(t, workload(t, membership), yes))
	c := dial(t, o)
	require.NoError(t, os.WriteFile(o.KeyFile, []byte("half of a k"), 0o600))
	d, err := c.Check(bounded(t), question())
	require.NoError(t, err)
	require.True(t, d.Allowed)
}
