package rpc

import (
	"strings"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// Busy are the methods that products call at each request of theirs, with what
// tells requests apart that keep every rule of the contract. It may say no to
// one that does: then the rules themselves are looked at.
func Busy() map[string]func(req any) bool {
	return map[string]func(req any) bool{
		membershipv1.AccessService_CheckAccess_FullMethodName: func(req any) bool {
			check, ok := req.(*membershipv1.CheckAccessRequest)
			return ok && wellFormed(check)
		},
		membershipv1.AccessService_BatchCheckAccess_FullMethodName: func(req any) bool {
			batch, ok := req.(*membershipv1.BatchCheckAccessRequest)
			return ok && wellFormedBatch(batch)
		},
	}
}

// The bounds of the contract; in bytes here, of which there are never fewer
// than the characters that it counts.
const (
	idLength   = 30
	maxFeature = 120
	maxBatch   = 1000
)

func wellFormed(check *membershipv1.CheckAccessRequest) bool {
	return isID(check.GetSubjectId(), "usr_") && isID(check.GetAccountId(), "org_") &&
		check.GetFeature() != "" && len(check.GetFeature()) <= maxFeature && isPlain(check.GetFeature()) &&
		check.GetLevel() > authzv1.Level_LEVEL_NONE && check.GetLevel() <= authzv1.Level_LEVEL_APPROVER &&
		len(check.GetSupportSessionId()) <= idLength && isPlain(check.GetSupportSessionId())
}

func wellFormedBatch(batch *membershipv1.BatchCheckAccessRequest) bool {
	checks := batch.GetChecks()
	if len(checks) == 0 || len(checks) > maxBatch {
		return false
	}
	for _, check := range checks {
		if check == nil || !wellFormed(check) {
			return false
		}
	}
	return true
}

func isID(text, prefix string) bool {
	return len(text) == idLength && strings.HasPrefix(text, prefix) && isPlain(text)
}

// isPlain is ASCII without a NUL: a character for each byte.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] == 0 || text[i] >= 0x80 {
			return false
		}
	}
	return true
}
