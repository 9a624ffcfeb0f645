package credential

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// parameters are Argon2id's costs: memory in KiB.
type parameters struct {
	memory, time uint32
	threads      uint8
}

const (
	saltLen = 16
	hashLen = 32

	// No stored hash may ask for more than this, whoever wrote it.
	maxMemory = 256 * 1024
	maxTime   = 10
)

// current are the costs of new hashes: 19 MiB, two passes, one lane.
func current() parameters { return parameters{memory: 19 * 1024, time: 2, threads: 1} }

// encoded is a hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1,keyid=1$<salt>$<hash>.
type encoded struct {
	costs      parameters
	pepper     string
	salt, hash []byte
}

func (e encoded) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d,keyid=%s$%s$%s", argon2.Version,
		e.costs.memory, e.costs.time, e.costs.threads, e.pepper, b64(e.salt), b64(e.hash))
}

func parse(text string) (encoded, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return encoded{}, errors.New("reading a stored hash: not Argon2id in PHC form")
	}
	var e encoded
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d,keyid=%s", &e.costs.memory, &e.costs.time, &e.costs.threads, &e.pepper)
	if err != nil {
		return encoded{}, fmt.Errorf("reading the parameters of a stored hash: %w", err)
	}
	if e.costs.memory > maxMemory || e.costs.time == 0 || e.costs.time > maxTime || e.costs.threads == 0 {
		return encoded{}, errors.New("reading a stored hash: its costs are out of bounds")
	}
	var saltErr, hashErr error
	e.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	e.hash, hashErr = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err := errors.Join(saltErr, hashErr); err != nil {
		return encoded{}, fmt.Errorf("reading a stored hash: %w", err)
	}
	if len(e.salt) != saltLen || len(e.hash) != hashLen {
		return encoded{}, errors.New("reading a stored hash: salt or hash has a wrong length")
	}
	return e, nil
}
