package authn

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 4096

var errHeader = errors.New("the token's header is not of the accepted form")

// keyIDOf reads the header of a compact token and gives its key id. The header
// must hold alg, typ and kid and nothing else: jku, x5u, x5c, jwk, crit, b64 and
// whatever comes next are refused by not being on the list.
func keyIDOf(token string) (string, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return "", errHeader
	}
	encoded, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", fmt.Errorf("decoding the token's header: %w", err)
	}
	// This decoder refuses a name that stands twice and minds the case of names.
	var header map[string]any
	if err := json.Unmarshal(raw, &header); err != nil {
		return "", fmt.Errorf("reading the token's header: %w", err)
	}
	keyID, _ := header["kid"].(string)
	exact := len(header) == 3 && header["alg"] == string(jose.EdDSA) && header["typ"] == tokenType
	if !exact || keyID == "" {
		return "", errHeader
	}
	return keyID, nil
}
