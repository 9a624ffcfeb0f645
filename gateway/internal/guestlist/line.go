package guestlist

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Line is one line of the file: a person to invite, or what is wrong.
type Line struct {
	// Number counts the file's lines from 1, the header's included.
	Number int
	Row    *membershipv1.InvitationRow
	// Field and Rule say what is wrong; empty where nothing is.
	Field, Rule string
}

func (l Line) refused(locale string) *membershipv1.InvitationRowResult {
	return &membershipv1.InvitationRowResult{
		Key: strconv.Itoa(l.Number), Outcome: membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED,
		ErrorReason: fault.Name(reasonv1.Reason_REASON_INVALID_ARGUMENT), ErrorField: l.Field, Message: fault.RuleText(l.Rule, locale),
	}
}

func (l *Line) wrong(field, rule string) {
	if l.Rule == "" {
		l.Field, l.Rule = field, rule
	}
}

func (l *Line) role(value string) {
	role, ok := map[string]membershipv1.Role{
		"membre": membershipv1.Role_ROLE_MEMBER, "member": membershipv1.Role_ROLE_MEMBER,
		"administrateur": membershipv1.Role_ROLE_ADMIN, "administratrice": membershipv1.Role_ROLE_ADMIN,
		"administrator": membershipv1.Role_ROLE_ADMIN, "admin": membershipv1.Role_ROLE_ADMIN,
		"proprietaire": membershipv1.Role_ROLE_OWNER, "owner": membershipv1.Role_ROLE_OWNER,
	}[plain(value)]
	if !ok {
		l.wrong("role", "csv.role")
	}
	l.Row.Role = role
}

// until is the last minute of the day.
func (l *Line) until(value string, zone *time.Location) {
	for _, form := range []string{"2006-01-02", "02/01/2006", "2.1.2006"} {
		if day, err := time.ParseInLocation(form, value, zone); err == nil {
			l.Row.MemberValidUntil = timestamppb.New(day.AddDate(0, 0, 1).Add(-time.Minute))
			return
		}
	}
	l.wrong("member_valid_until", "csv.date")
}

func (l *Line) right(feature, value string) {
	level, ok := map[string]authzv1.Level{
		"aucun": authzv1.Level_LEVEL_NONE, "none": authzv1.Level_LEVEL_NONE,
		"invite": authzv1.Level_LEVEL_GUEST, "guest": authzv1.Level_LEVEL_GUEST,
		"editeur": authzv1.Level_LEVEL_EDITOR, "editor": authzv1.Level_LEVEL_EDITOR,
		"approbateur": authzv1.Level_LEVEL_APPROVER, "approver": authzv1.Level_LEVEL_APPROVER,
	}[plain(value)]
	if !ok {
		l.wrong("rights", "csv.level")
		return
	}
	l.Row.Rights = append(l.Row.Rights, &membershipv1.FeatureRight{Feature: feature, Level: level})
}

// plain makes a header or a word comparable: without capitals, accents, spaces
// and marks.
func plain(text string) string {
	text = strings.NewReplacer(
		"é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "ç", "c", "î", "i", "ï", "i", "ô", "o", "û", "u", "ù", "u",
	).Replace(strings.ToLower(strings.TrimSpace(text)))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '/' || r == '.' {
			return r
		}
		return -1
	}, text)
}
