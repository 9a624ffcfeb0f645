// Package totp makes the secrets of authenticator apps and finds the time step
// that a code belongs to (RFC 6238: SHA-1, 6 digits, 30 seconds, which all apps
// speak). That a step counts once is its user's work.
package totp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
)

const (
	secretLen = 20 // bytes, RFC 4226 §4
	period    = 30 // seconds
	// window is how many steps a phone's clock may be off.
	window = 1
	digits = 6
)

// NewSecret makes a random secret.
func NewSecret() []byte {
	secret := make([]byte, secretLen)
	_, _ = rand.Read(secret) // never fails: the runtime ends the process instead
	return secret
}

// Text is the secret as people type it into an app.
func Text(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// Parse reads what Text wrote.
func Parse(text string) ([]byte, error) {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("reading an app's secret: %w", err)
	}
	return secret, nil
}

// URI is the secret as apps scan it.
func URI(secret []byte, issuer, account string) string {
	values := url.Values{"secret": {Text(secret)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	address := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: values.Encode()}
	return address.String()
}

// Step is the time step of a moment.
func Step(now time.Time) int64 { return now.Unix() / period }

// Find gives the step, later than after and at most one off now, that the code
// belongs to; false for none. All steps are compared, whichever matches.
func Find(secret []byte, typed string, after int64, now time.Time) (int64, bool, error) {
	code := strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	var found int64
	for step := Step(now) - window; step <= Step(now)+window; step++ {
		want, err := Code(secret, step)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > after {
			found = step
		}
	}
	return found, found > 0, nil
}

// Code is the code of a step.
func Code(secret []byte, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(Text(secret), uint64(step), hotp.ValidateOpts{Digits: digits})
	if err != nil {
		return "", fmt.Errorf("making the code of a step: %w", err)
	}
	return code, nil
}
