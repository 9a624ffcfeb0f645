package ca

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/services/kit/wholefile"
)

// Names of the files of an authority and of its workloads in one folder.
const (
	certFile = "ca.pem"
	keyFile  = "ca.key"
)

// Paths are the files that one workload needs.
type Paths struct {
	Cert, Key, CA string
}

// Load reads the authority in dir, or makes a new one there at the first start.
// The key's file is readable by its owner alone.
func Load(dir string) (*CA, error) {
	certPEM, err := os.ReadFile(filepath.Join(dir, certFile))
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the authority's certificate: %w", err)
	}
	keyPEM, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, fmt.Errorf("reading the authority's key: %w", err)
	}
	return parse(certPEM, keyPEM)
}

// WriteWorkload issues a certificate and writes "<name>.pem" and "<name>.key"
// into dir beside "ca.pem". Existing files are replaced one by one by renaming,
// the key first, so that a reader never sees half a file.
func (c *CA) WriteWorkload(dir, name string, r Request) (Paths, error) {
	certPEM, keyPEM, err := c.Sign(r)
	if err != nil {
		return Paths{}, err
	}
	paths := Paths{
		Cert: filepath.Join(dir, name+".pem"),
		Key:  filepath.Join(dir, name+".key"),
		CA:   filepath.Join(dir, certFile),
	}
	err = errors.Join(
		wholefile.Write(paths.CA, encodeCert(c.cert), 0o644),
		wholefile.Write(paths.Key, keyPEM, 0o600),
		wholefile.Write(paths.Cert, certPEM, 0o644),
	)
	if err != nil {
		return Paths{}, fmt.Errorf("writing the certificate of %s: %w", name, err)
	}
	return paths, nil
}

func create(dir string) (*CA, error) {
	c, err := New()
	if err != nil {
		return nil, err
	}
	keyPEM, err := encodeKey(c.key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the authority's folder: %w", err)
	}
	// The certificate comes last: where it stands, the key stands too.
	err = errors.Join(
		wholefile.Write(filepath.Join(dir, keyFile), keyPEM, 0o600),
		wholefile.Write(filepath.Join(dir, certFile), encodeCert(c.cert), 0o644),
	)
	if err != nil {
		return nil, fmt.Errorf("writing the authority: %w", err)
	}
	return c, nil
}

func parse(certPEM, keyPEM []byte) (*CA, error) {
	certBlock, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if certBlock == nil || keyBlock == nil {
		return nil, errors.New("reading the authority: its files are not PEM")
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's certificate: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("reading the authority: its key is not the certificate's")
	}
	return &CA{cert: cert, key: key}, nil
}

func encodeCert(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
