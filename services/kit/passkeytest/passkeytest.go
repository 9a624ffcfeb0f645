// Package passkeytest is a passkey in software, with its browser, for tests: it
// answers what a site asks as a real one would (WebAuthn Level 3), without a
// person.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/stretchr/testify/require"
)

// Flags of what an authenticator did (§6.1).
const (
	userPresent  = 0x01
	userVerified = 0x04
	keyIncluded  = 0x40
)

// Device is a passkey for one site. Origin, Unverified and Count can be spoilt.
type Device struct {
	Origin string
	// Unverified says that nobody unlocked the device.
	Unverified bool
	// Count goes up with every answer.
	Count uint32

	id, handle []byte
	key        *ecdsa.PrivateKey
}

// New makes a device of a browser that shows the origin, such as
// "https://aval.example.com".
func New(t *testing.T, origin string) *Device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	d := &Device{Origin: origin, id: make([]byte, 32), key: key}
	_, _ = rand.Read(d.id)
	return d
}

// options are those of both questions.
type options struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
}

// Create answers a question for a new passkey.
func (d *Device) Create(t *testing.T, question string) string {
	t.Helper()
	asked := read(t, question)
	handle, err := base64.RawURLEncoding.DecodeString(asked.User.ID)
	require.NoError(t, err)
	d.handle = handle
	public, err := d.key.PublicKey.ECDH()
	require.NoError(t, err)
	point := public.Bytes() // 4, x, y
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	require.NoError(t, err)
	data := d.data(asked.RP.ID, keyIncluded)
	data = append(data, make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), cose...)
	attestation, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	require.NoError(t, err)
	return d.credential(t, map[string]any{
		"clientDataJSON": text(d.client(t, "webauthn.create", asked.Challenge)), "attestationObject": text(attestation),
		"transports": []string{"internal"},
	})
}

// Get answers a question for this passkey.
func (d *Device) Get(t *testing.T, question string) string {
	t.Helper()
	asked := read(t, question)
	d.Count++
	data, client := d.data(asked.RPID, 0), d.client(t, "webauthn.get", asked.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte(nil), data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, signed[:])
	require.NoError(t, err)
	return d.credential(t, map[string]any{
		"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(d.handle),
	})
}

func read(t *testing.T, question string) options {
	t.Helper()
	var out options
	require.NoError(t, json.Unmarshal([]byte(question), &out))
	return out
}

func (d *Device) data(site string, flags byte) []byte {
	hash := sha256.Sum256([]byte(site))
	flags |= userPresent
	if !d.Unverified {
		flags |= userVerified
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.Count)
}

func (d *Device) client(t *testing.T, kind, challenge string) []byte {
	t.Helper()
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	require.NoError(t, err)
	return out
}

func (d *Device) credential(t *testing.T, response map[string]any) string {
	t.Helper()
	out, err := json.Marshal(map[string]any{
		"id": text(d.id), "rawId": text(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
		"authenticatorAttachment": "platform",
	})
	require.NoError(t, err)
	return string(out)
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
