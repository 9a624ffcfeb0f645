package accessclient

import (
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

// bring takes changed rows into a batch.
func bring(b *engine.Batch, c *membershipv1.AccessChanges) error {
	for _, one := range c.GetFeatures() {
		err := b.Bring(engine.Feature{Path: one.GetPath(), Retired: one.GetRetired(), Sensitive: one.GetSensitive(), Excluded: one.GetExcluded()})
		if err != nil {
			return err
		}
	}
	for _, one := range c.GetPresets() {
		if err := b.Bring(engine.Preset{Role: one.GetRole(), Rights: one.GetRights()}); err != nil {
			return err
		}
	}
	for _, one := range c.GetAccounts() {
		if err := b.Bring(engine.Account{ID: id(one.GetId()), Suspended: one.GetSuspended()}); err != nil {
			return err
		}
	}
	for _, one := range c.GetEntries() {
		if err := b.Bring(entryOf(one)); err != nil {
			return err
		}
	}
	for _, one := range c.GetSessions() {
		if err := b.Bring(sessionOf(one)); err != nil {
			return err
		}
	}
	return nil
}

func entryOf(e *membershipv1.AccessChanges_Entry) engine.Entry {
	out := engine.Entry{
		ID: id(e.GetId()), Account: id(e.GetAccount()), Subject: id(e.GetSubject()), Rights: e.GetRights(),
		From: e.GetFromMicros(), Until: e.GetUntilMicros(), Over: e.GetOver(),
	}
	if g := e.GetGrant(); g != nil {
		out.Grant = &engine.Grant{Partner: id(g.GetPartner()), Consent: id(g.GetConsent()), Role: g.GetRole()}
	}
	return out
}

func sessionOf(s *membershipv1.AccessChanges_Session) engine.Session {
	return engine.Session{
		ID: id(s.GetId()), Account: id(s.GetAccount()), Subject: id(s.GetSubject()), Grant: id(s.GetGrant()),
		Until: s.GetUntilMicros(), Over: s.GetOver(),
	}
}

func id(b []byte) (out engine.ID) {
	copy(out[:], b)
	return out
}
