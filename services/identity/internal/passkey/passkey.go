// Package passkey asks browsers for passkeys and checks what they answer
// (WebAuthn Level 3). A passkey always verifies its person, by a finger, a face
// or a PIN, and is bound to one origin. Keeping keys and questions, and asking
// each question once, is its user's work.
package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/aval-access/aval/services/identity/internal/domain"
)

// ErrRefused says that an answer is not one to the question, or not by this
// person's passkey.
var ErrRefused = errors.New("the passkey's answer is refused")

// Party is the site that passkeys are made for. Safe for concurrent use.
type Party struct{ rules *webauthn.WebAuthn }

// New binds passkeys to the host of a public URL, and to its exact origin.
func New(publicURL string) (*Party, error) {
	base, err := url.Parse(publicURL)
	if err != nil || base.Hostname() == "" {
		return nil, fmt.Errorf("reading the public URL %q: it needs a scheme and a host", publicURL)
	}
	timeout := webauthn.TimeoutConfig{Timeout: domain.ChallengeLife, TimeoutUVD: domain.ChallengeLife}
	rules, err := webauthn.New(&webauthn.Config{
		RPID:                  base.Hostname(),
		RPDisplayName:         "Aval",
		RPOrigins:             []string{publicURL},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("binding passkeys to %s: %w", publicURL, err)
	}
	return &Party{rules: rules}, nil
}

// Key is a passkey as it is stored: its id, and its public half with what
// belongs to it.
type Key struct{ ID, Stored []byte }

// Person is who has keys. Handle is what the keys know them by: random, and
// never shown.
type Person struct {
	Handle []byte
	Email  string
	Keys   []Key
}

// Question is what a browser is asked, and what must be kept until it answers.
type Question struct{ Options, State []byte }

// AskNew asks for a new passkey, of none of the devices that hold one already.
func (p *Party) AskNew(who Person) (Question, error) {
	user, err := userOf(who)
	if err != nil {
		return Question{}, err
	}
	known := webauthn.Credentials(user.keys).CredentialDescriptors()
	options, state, err := p.rules.BeginRegistration(user, webauthn.WithExclusions(known))
	if err != nil {
		return Question{}, fmt.Errorf("asking for a new passkey: %w", err)
	}
	return question(options.Response, state)
}

// Make gives the new passkey; ErrRefused for an answer that is none.
func (p *Party) Make(who Person, state, answer []byte) (Key, error) {
	user, err := userOf(who)
	if err != nil {
		return Key{}, err
	}
	asked, err := stateOf(state)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	made, err := p.rules.CreateCredential(user, asked, parsed)
	if err != nil {
		return Key{}, refused(err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // who made the device is not asked for
	return keyOf(made)
}

// Ask asks for one of a person's passkeys.
func (p *Party) Ask(who Person) (Question, error) {
	user, err := userOf(who)
	if err != nil {
		return Question{}, err
	}
	options, state, err := p.rules.BeginLogin(user, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Question{}, fmt.Errorf("asking for a passkey: %w", err)
	}
	return question(options.Response, state)
}

// AskAnybody asks for any passkey of this site.
func (p *Party) AskAnybody() (Question, error) {
	options, state, err := p.rules.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Question{}, fmt.Errorf("asking for anybody's passkey: %w", err)
	}
	return question(options.Response, state)
}

// Check gives the person's passkey that answered, as it is to be stored from
// now on; ErrRefused for a wrong answer, and for a key whose count went back:
// somebody has a copy of it.
func (p *Party) Check(who Person, state, answer []byte) (Key, error) {
	user, err := userOf(who)
	if err != nil {
		return Key{}, err
	}
	asked, err := stateOf(state)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	var proven *webauthn.Credential
	if len(asked.UserID) == 0 {
		find := func(_, _ []byte) (webauthn.User, error) { return user, nil }
		_, proven, err = p.rules.ValidatePasskeyLogin(find, asked, parsed)
	} else {
		proven, err = p.rules.ValidateLogin(user, asked, parsed)
	}
	if err != nil {
		return Key{}, refused(err)
	}
	if proven.Authenticator.CloneWarning {
		return Key{}, refused(errors.New("the sign count went back"))
	}
	return keyOf(proven)
}

// HandleIn gives the handle that an answer to AskAnybody names; nothing is
// proven by it.
func HandleIn(answer []byte) ([]byte, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, refused(err)
	}
	return parsed.Response.UserHandle, nil
}

func question(options any, state *webauthn.SessionData) (Question, error) {
	asked, err := json.Marshal(options)
	if err != nil {
		return Question{}, fmt.Errorf("writing a passkey's question: %w", err)
	}
	kept, err := json.Marshal(state)
	if err != nil {
		return Question{}, fmt.Errorf("writing a passkey's state: %w", err)
	}
	return Question{Options: asked, State: kept}, nil
}

func stateOf(kept []byte) (webauthn.SessionData, error) {
	var state webauthn.SessionData
	if err := json.Unmarshal(kept, &state); err != nil {
		return state, fmt.Errorf("reading a passkey's state: %w", err)
	}
	return state, nil
}

func keyOf(in *webauthn.Credential) (Key, error) {
	stored, err := json.Marshal(in)
	if err != nil {
		return Key{}, fmt.Errorf("writing a passkey: %w", err)
	}
	return Key{ID: in.ID, Stored: stored}, nil
}

func refused(cause error) error { return fmt.Errorf("%w: %w", ErrRefused, cause) }
