package backend

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// In private disclosure a user ID alone tells nothing. Who can't be helped walks through a decoy: the same machine, with
// credentials that nobody holds in place of the account's. All that tells a decoy from a real flow happens here, and in
// the few places that ask [talk.decoy]:
//
//	credentials  are made out of a keyed hash of the user ID: the same name has the same ways, today and after a restart
//	a message    goes through the outbox, and to nobody
//	a proof      that held by luck is wrong
//	a key's page lists as many credential IDs for everybody
//	the counters are the account's own, or those of a stand-in for a name that nobody has
//
// Its tries end gates, and its ended gates lock recovery, as anybody's do. A flow of an account whose recovery is locked is
// no decoy: it goes over the account's own ways, since these must not change (recovery.go); what a lock makes of it asks
// [talk.noProof].

// decoy reports whether the flow leads nowhere.
func (t *talk) decoy() bool { return t.s.Decoy != "" }

// standIn is the account of a user ID that nobody has: so much as the counters and the audit trail need.
func (b *Backend) standIn(userID string) port.DirectoryAccount {
	name := b.c.Sealer.Index("nobody", strings.ToLower(userID))
	id := app.AccountID(nobody + hex.EncodeToString(name[:16]))
	return port.DirectoryAccount{ID: id, UserID: userID, Name: userID}
}

// mislead makes the flow a decoy; why is kept for those who may know.
func (t *talk) mislead(why app.Code) {
	t.s.Decoy = why
	t.s.Who.Admin, t.s.Who.Never = false, false // whose ways differ
	t.s.Gates = t.b.gates(false)
}

// likely says how many of a hundred registered people have a way, as a decoy has it.
var likely = map[app.Kind]byte{
	app.KindSecurityKey: 15, app.KindAuthApp: 90, app.KindSMS: 65, app.KindVoice: 20, app.KindEmail: 75, app.KindQuestions: 30,
}

// decoyKinds are the ways of a name: as many as must be registered at least, the likeliest first where luck gave too few.
func (t *talk) decoyKinds() []app.Kind {
	var able []app.Kind
	for _, kind := range t.b.offered(false) {
		if _, can := t.b.methods[kind].(app.Decoyer); can {
			able = append(able, kind)
		}
	}
	slices.SortStableFunc(able, func(x, y app.Kind) int { return int(likely[y]) - int(likely[x]) })
	var chosen, rest []app.Kind
	for _, kind := range able {
		if t.decoySeed("way|" + string(kind))[0]%100 < likely[kind] {
			chosen = append(chosen, kind)
		} else {
			rest = append(rest, kind)
		}
	}
	missing := max(t.b.needed(false)-len(chosen), 0)
	return append(chosen, rest[:min(missing, len(rest))]...)
}

// decoySeed is the keyed hash of the name at hand, for one use of it.
func (t *talk) decoySeed(use string) []byte {
	return t.b.c.Sealer.Index("decoy", use+"|"+strings.ToLower(t.s.Who.Person.UserID))
}

// standsIn reports whether an account is one that standIn made.
func standsIn(id app.AccountID) bool { return strings.HasPrefix(string(id), nobody) }

// nobody begins the ID of a stand-in.
const nobody = "nobody:"

// somebody is an account whose credentials and history are read in place of a stand-in's, which has none, so that it takes
// as long; what was read is thrown away.
type somebody struct{ id atomic.Value }

func (s *somebody) remember(id app.AccountID) { s.id.Store(id) }

// orElse gives the account, or the stand-in's own where nobody was seen yet.
func (s *somebody) orElse(id app.AccountID) app.AccountID {
	if seen, ok := s.id.Load().(app.AccountID); ok {
		return seen
	}
	return id
}

// read reads the credentials of the account at hand.
func (t *talk) read() ([]port.CredentialRecord, error) {
	if !standsIn(t.rec.Account) {
		return t.tx.Credentials(t.rec.Account)
	}
	_, err := t.tx.Credentials(t.b.seen.orElse(t.rec.Account))
	return nil, err
}

// decoys are the credentials of a decoy.
func (t *talk) decoys() ([]port.CredentialRecord, error) {
	if t.made != nil {
		return t.made, nil
	}
	var made []port.CredentialRecord
	for _, kind := range t.decoyKinds() {
		updates, err := t.tx.Counter(t.updateKey(kind))
		if err != nil {
			return nil, err
		}
		c, err := t.decoyOf(kind, string(kind), updates.Count)
		if err != nil {
			return nil, err
		}
		made = append(made, c)
	}
	t.made = made
	return made, nil
}

// decoyOf makes a decoy of a kind; each name has one under each label.
func (t *talk) decoyOf(kind app.Kind, label string, updates int) (port.CredentialRecord, error) {
	turn := app.Turn{
		Person: t.s.Who.Person, Settings: t.b.settings(), Rand: rand.NewChaCha8([32]byte(t.decoySeed("credential|" + label))),
	}
	c, err := t.b.methods[kind].(app.Decoyer).Decoy(turn, updates)
	if err != nil {
		return port.CredentialRecord{}, methodFailure(err)
	}
	return port.CredentialRecord{
		ID: app.CredentialID(decoyID + label), Account: t.rec.Account, Kind: kind, Variant: c.Variant, Secret: c.Secret,
		Masked: c.Masked,
	}, nil
}

// shownKeys is how many credential IDs a stranger is shown where a person has no more. Every key takes so many in one
// request, so that those which are nobody's cost no time.
const shownKeys = 8

// amongDecoys puts decoys among the security keys that serve, before a first proof in private disclosure: a request lists
// the keys' credential IDs, and how many a person has would tell them from a decoy, which has one. The same name has the
// same ones in the same order, whoever it is, and each is tried, so that the time does not tell which are real.
func (t *talk) amongDecoys(creds []port.CredentialRecord) ([]port.CredentialRecord, error) {
	_, can := t.b.methods[t.s.Kind].(app.Decoyer)
	if t.s.Kind != app.KindSecurityKey || !can || !t.secretive() {
		return creds, nil
	}
	others, shown := []port.CredentialRecord{}, []port.CredentialRecord{}
	for _, c := range creds {
		if c.Kind == t.s.Kind {
			shown = append(shown, c)
		} else {
			others = append(others, c)
		}
	}
	for nth := 1; nth < shownKeys; nth++ { // as many for everybody, so that it takes as long
		c, err := t.decoyOf(t.s.Kind, fmt.Sprintf("%s|%d", t.s.Kind, nth), 0)
		if err != nil {
			return nil, err
		}
		if len(shown) < shownKeys {
			shown = append(shown, c)
		}
	}
	slices.SortFunc(shown, func(x, y port.CredentialRecord) int {
		return bytes.Compare(t.decoySeed("order|"+string(x.ID)), t.decoySeed("order|"+string(y.ID)))
	})
	return append(shown, others...), nil
}

// isDecoy reports whether nobody holds a credential.
func isDecoy(c port.CredentialRecord) bool { return strings.HasPrefix(string(c.ID), decoyID) }

// decoyID begins the ID of a decoy.
const decoyID = "decoy:"

// updateMemory is how long it is remembered that a decoy has changed: longer than anybody tries.
const updateMemory = 365 * 24 * time.Hour

func (t *talk) updateKey(kind app.Kind) string {
	return t.b.accountKey("decoy_updates."+string(kind), t.rec.Account)
}

// noteUpdate stands for a change of a decoy's credential: other questions are asked after a gate has ended.
func (t *talk) noteUpdate(kind app.Kind) error {
	c, err := t.tx.Counter(t.updateKey(kind))
	if err != nil {
		return err
	}
	c.Count++
	c.Expiry = t.now.Add(updateMemory)
	t.made = nil
	return t.tx.PutCounter(c)
}

// unlucky is what becomes of a proof that a decoy let hold: a wrong try like any other.
func (t *talk) unlucky() app.Result {
	a := t.s.attempt()
	return app.Result{State: bytes.Clone(a.State), Step: a.Step.show(t.triesLeft(t.s.Kind)), Verdict: app.Wrong, Why: wrongFor(a.Step)}
}

// wrongFor is the code of a wrong answer to a step.
func wrongFor(step savedStep) app.Code {
	switch {
	case step.Answer != nil:
		return app.CodeWrongAnswer
	case step.Key != nil:
		return app.CodeKeyAnswer
	}
	return app.CodeWrongCode
}
