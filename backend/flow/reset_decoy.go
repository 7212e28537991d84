package flow

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
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// In private disclosure a user ID alone tells nothing. Subject can't be helped walks through a decoy: the same machine, with
// credentials that nobody holds in place of the account's. All that tells a decoy from a real flow happens here, and in
// the few places that ask [flow.decoy]:
//
//	credentials  are made out of a keyed hash of the user ID: the same name has the same ways, today and after a restart
//	a message    goes through the outbox, and to nobody
//	a proof      that held by luck is wrong
//	a key's page lists as many credential IDs for everybody
//	the counters are the account's own, or those of a stand-in for a name that nobody has
//
// Its tries end gates, and its ended gates lock recovery, as anybody's do. A flow of an account whose recovery is locked is
// no decoy: it goes over the account's own ways, since these must not change (recovery.go); what a lock makes of it asks
// [flow.noProof].

// decoy reports whether the flow leads nowhere.
func (f *flow) decoy() bool { return f.s.Decoy != "" }

// unknownAccount is the account of a user ID that nobody has, in the form that its spellings share: so much as the counters
// and the audit trail need.
func (o *operation) unknownAccount(userID string) port.DirectoryAccount {
	name := o.Sealer.Index("nobody", strings.ToLower(userID))
	id := app.AccountID(nobody + hex.EncodeToString(name[:16]))
	return port.DirectoryAccount{ID: id, UserID: userID, Name: userID}
}

// becomeDecoy makes the flow a decoy; why is kept for those who may know.
func (f *flow) becomeDecoy(why app.Code) {
	f.s.Decoy = why
	f.thaw()
	f.s.Subject.Admin, f.s.Subject.HadNoPassword = false, false // whose ways differ
	f.s.Gates = f.op.rulesForAnyone().Gates()
}

// likely says how many of a hundred registered people have a way, as a decoy has it.
var likely = map[app.Kind]byte{
	app.KindSecurityKey: 15, app.KindAuthApp: 90, app.KindSMS: 65, app.KindVoice: 20, app.KindEmail: 75, app.KindQuestions: 30,
}

// decoyKinds are the ways of a name: as many as must be registered at least, the likeliest first where luck gave too few.
func (f *flow) decoyKinds() []app.Kind {
	var able []app.Kind
	for _, kind := range f.op.rulesForAnyone().Offered() {
		if _, can := f.op.Method(kind).(app.Decoyer); can {
			able = append(able, kind)
		}
	}
	slices.SortStableFunc(able, func(x, y app.Kind) int { return int(likely[y]) - int(likely[x]) })
	var chosen, rest []app.Kind
	for _, kind := range able {
		if f.decoySeed("way|" + string(kind))[0]%100 < likely[kind] {
			chosen = append(chosen, kind)
		} else {
			rest = append(rest, kind)
		}
	}
	missing := max(f.op.rulesForAnyone().Needed()-len(chosen), 0)
	return append(chosen, rest[:min(missing, len(rest))]...)
}

// decoySeed is the keyed hash of the name at hand, for one use of it.
func (f *flow) decoySeed(use string) []byte {
	return f.op.Sealer.Index("decoy", use+"|"+strings.ToLower(f.s.Subject.Person.UserID))
}

// nobody begins the ID of a stand-in.
const nobody = "nobody:"

// timingAccount is an account whose rules are read in place of an unknown account's, which has none, so that it takes as
// long; what was read is thrown away.
type timingAccount struct{ id atomic.Value }

func (s *timingAccount) remember(id app.AccountID) { s.id.Store(id) }

// orElse gives the account, or the stand-in's own where nobody was seen yet.
func (s *timingAccount) orElse(id app.AccountID) app.AccountID {
	if seen, ok := s.id.Load().(app.AccountID); ok {
		return seen
	}
	return id
}

// readSecretly reads the credentials of the account at hand, and as many rows for everybody.
func (f *flow) readSecretly() (rules.Credentials, error) {
	return f.tx.CredentialsAmong(f.rec.Account, port.MostPadding)
}

// makeDecoys gives the credentials of a decoy.
func (f *flow) makeDecoys() (rules.Credentials, error) {
	if f.decoys != nil {
		return f.decoys, nil
	}
	var made rules.Credentials
	for _, kind := range f.decoyKinds() {
		updates, err := f.tx.Counter(f.updateKey(kind))
		if err != nil {
			return nil, err
		}
		c, err := f.decoyOf(kind, string(kind), updates.Count)
		if err != nil {
			return nil, err
		}
		made = append(made, c)
	}
	f.decoys = made
	return made, nil
}

// decoyOf makes a decoy of a kind; each name has one under each label.
func (f *flow) decoyOf(kind app.Kind, label string, updates int) (port.CredentialRecord, error) {
	turn := app.Turn{
		Person: f.s.Subject.Person, Settings: f.op.Settings(), Rand: rand.NewChaCha8([32]byte(f.decoySeed("credential|" + label))),
	}
	c, err := f.op.Method(kind).(app.Decoyer).Decoy(turn, updates)
	if err != nil {
		return port.CredentialRecord{}, methodFailure(err)
	}
	return port.CredentialRecord{
		ID: app.CredentialID(decoyID + label), Account: f.rec.Account, Kind: kind, Variant: c.Variant, Secret: c.Secret,
		Masked: c.Masked,
	}, nil
}

// shownKeys is how many credential IDs a stranger is shown where a person has no more. Every key takes so many in one
// request, so that those which are nobody's cost no time.
const shownKeys = 8

// addDecoyKeys puts decoys among the security keys that serve, before a first proof in private disclosure: a request lists
// the keys' credential IDs, and how many a person has would tell them from a decoy, which has one. The same name has the
// same ones in the same order, whoever it is, and each is tried, so that the time does not tell which are real.
func (f *flow) addDecoyKeys(creds rules.Credentials) (rules.Credentials, error) {
	_, can := f.op.Method(f.s.Kind).(app.Decoyer)
	if f.s.Kind != app.KindSecurityKey || !can || !f.secretive() {
		return creds, nil
	}
	others, shown := rules.Credentials{}, rules.Credentials{}
	for _, c := range creds {
		if c.Kind == f.s.Kind {
			shown = append(shown, c)
		} else {
			others = append(others, c)
		}
	}
	for nth := 1; nth < shownKeys; nth++ { // as many for everybody, so that it takes as long
		c, err := f.decoyOf(f.s.Kind, fmt.Sprintf("%s|%d", f.s.Kind, nth), 0)
		if err != nil {
			return nil, err
		}
		if len(shown) < shownKeys {
			shown = append(shown, c)
		}
	}
	order := make(map[app.CredentialID][]byte, len(shown)) // each made once: comparing goes on for longer or shorter
	for _, c := range shown {
		order[c.ID] = f.decoySeed("order|" + string(c.ID))
	}
	slices.SortFunc(shown, func(x, y port.CredentialRecord) int { return bytes.Compare(order[x.ID], order[y.ID]) })
	return append(shown, others...), nil
}

// isDecoy reports whether nobody holds a credential.
func isDecoy(c port.CredentialRecord) bool { return strings.HasPrefix(string(c.ID), decoyID) }

// decoyID begins the ID of a decoy.
const decoyID = "decoy:"

// updateMemory is how long it is remembered that a decoy has changed: longer than anybody tries.
const updateMemory = 365 * 24 * time.Hour

func (f *flow) updateKey(kind app.Kind) string {
	return f.op.AccountKey(limit.DecoyUpdates(kind), f.rec.Account)
}

// noteUpdate stands for a change of a decoy's credential: other questions are asked after a gate has ended.
func (f *flow) noteUpdate(kind app.Kind) error {
	c, err := f.tx.Counter(f.updateKey(kind))
	if err != nil {
		return err
	}
	c.Count++
	c.Expiry = f.now.Add(updateMemory)
	f.decoys = nil
	f.tx.ForgetCredentials()
	return f.tx.PutCounter(c)
}

// refusedAsWrong is what becomes of a proof that a decoy let hold: a wrong try like any other.
func (f *flow) refusedAsWrong() app.Result {
	a := f.s.attempt()
	step := withTries(a.Step, f.triesLeft(f.s.Kind))
	return app.Result{State: bytes.Clone(a.State), Step: step, Verdict: app.Wrong, Why: wrongFor(a.Step)}
}

// wrongFor is the code of a wrong answer to a step.
func wrongFor(step app.Step) app.Code {
	switch step.(type) {
	case app.AnswerQuestions:
		return app.CodeWrongAnswer
	case app.UseKey:
		return app.CodeKeyAnswer
	}
	return app.CodeWrongCode
}
