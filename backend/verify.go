package backend

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// verify leads past the password: to one gate of a verification method, the default one first, or on where the person
// holds none.
func (t *talk) verify() error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	kinds := t.b.verifying(creds, t.s.Who.Admin)
	if len(kinds) == 0 {
		t.s.At = atSignedIn
		return nil
	}
	if l, err := t.readLock(); err != nil || l.grade != lockOpen {
		t.block(t.locked(), l.until)
		return err
	}
	t.s.Gates, t.s.At = 1, atChoose
	return t.begin(kinds[0])
}

// begin takes a way without being asked. Where it can't be taken just now (a code can't be sent), the choice stays, and
// says when.
func (t *talk) begin(kind app.Kind) error {
	err := t.take(kind)
	if isRefusal(err) {
		return nil
	}
	return err
}

// verifying are the verification methods among credentials: the default one first, then strongest first. The default is
// what the person has chosen, or else the strongest.
func (b *Backend) verifying(creds []port.CredentialRecord, admin bool) []app.Kind {
	kinds := slices.DeleteFunc(b.kinds(creds, admin), func(k app.Kind) bool { return !k.Verifies() })
	for _, c := range creds {
		if at := slices.Index(kinds, c.Kind); c.Default && at > 0 {
			return slices.Insert(slices.Delete(kinds, at, at+1), 0, c.Kind)
		}
	}
	return kinds
}

// strongest is the strongest verification method among credentials; none where there is none.
func (b *Backend) strongest(creds []port.CredentialRecord, admin bool) []app.Kind {
	kinds := slices.DeleteFunc(b.kinds(creds, admin), func(k app.Kind) bool { return !k.Verifies() })
	return kinds[:min(len(kinds), 1)]
}

// first is the credential that is the default; empty where there is no verification method.
func (b *Backend) first(creds []port.CredentialRecord, admin bool) app.CredentialID {
	kinds := b.verifying(creds, admin)
	if len(kinds) == 0 {
		return ""
	}
	var found app.CredentialID
	for _, c := range creds {
		if c.Kind == kinds[0] && (c.Default || found == "") {
			found = c.ID
		}
	}
	return found
}

// verified notes a fresh proof, and goes on with what it was asked for.
func (t *talk) verified(kind app.Kind) error {
	t.s.Passed, t.s.Notice = nil, nil
	if t.s.Wanted == nil {
		t.s.ProvenAt, t.s.ProvenBy, t.s.At = t.now, kind, atSignedIn
		return nil
	}
	session, err := t.session()
	if err != nil {
		return err
	}
	session.ProvenAt, session.ProvenBy = t.now, kind
	if err := t.tx.PutSession(session); err != nil {
		return err
	}
	w := *t.s.Wanted
	t.s.Wanted = nil
	err = t.do(w)
	if isRefusal(err) { // the proof holds all the same
		t.counted = true
		if err := t.home(); err != nil {
			return err
		}
	}
	return err
}
