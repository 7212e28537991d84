package backend_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// keyOf is a station's key pair, the same for the same name.
func keyOf(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32.32s", name)))
}

// enrolment is what a station with this key sends.
func enrolment(code app.Secret, key ed25519.PrivateKey) app.EnrolStation {
	public := key.Public().(ed25519.PublicKey)
	return app.EnrolStation{Code: code, Key: public, Proof: ed25519.Sign(key, app.StationProof(code, public))}
}

// comes is a station that nobody knows yet.
func (w *world) comes(network string) context.Context {
	return app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleAnyone, Origin: app.Origin{Station: "says so itself", Network: network}})
}

func (w *world) invite(name string) app.StationInvited {
	w.t.Helper()
	invited, err := w.InviteStation(w.operator(), name, "jo")
	w.ok(err)
	return invited
}

// enrols invites a station and has it enrol.
func (w *world) enrols(name string) app.Station {
	w.t.Helper()
	s, err := w.EnrolStation(w.comes("192.0.2.7"), enrolment(w.invite(name).Code, keyOf(name)))
	w.ok(err)
	return s
}

func (w *world) changes(id app.StationID, what app.StationChange, name string) error {
	w.t.Helper()
	_, err := w.ChangeStation(w.operator(), app.ChangeStation{ID: id, What: what, Name: name, By: "jo"})
	return err
}

func (w *world) stationAt(id app.StationID) port.StationRecord {
	w.t.Helper()
	var r port.StationRecord
	w.ok(w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		r, err = tx.Station(id)
		return err
	}))
	return r
}

func TestAStationEnrolsWithACodeOnce(t *testing.T) {
	w := newWorld(t)
	invited := w.invite("Kiosk lobby")
	if code := invited.Code.Reveal(); len(code) != 12 || !strings.Contains(invited.Shown().Reveal(), "-") {
		t.Errorf("the code is %q", code)
	}
	if left := invited.Station.CodeEnds.Sub(w.clock.Now()); left != time.Hour {
		t.Errorf("it lives for %v", left)
	}
	if r := w.stationAt(invited.Station.ID); r.Key != nil || bytes.Contains(r.CodeHash, []byte(invited.Code.Reveal())) || r.InvitedBy != "jo" {
		t.Errorf("invited: %+v", r)
	}
	if _, err := w.StationKey(t.Context(), invited.Station.ID); app.CodeOf(err) != app.CodeStationUnknown {
		t.Errorf("one that is only invited signs: %v", err)
	}
	typed := secret(strings.ToLower(invited.Shown().Reveal()))
	ask := enrolment(invited.Code, keyOf("lobby"))
	ask.Code = typed
	first, err := w.EnrolStation(w.comes("192.0.2.7"), ask)
	if err != nil || first.ID != invited.Station.ID || first.Name != "Kiosk lobby" || first.Enrolled.IsZero() {
		t.Fatalf("%+v, %v", first, err)
	}
	w.clock.pass(time.Minute)
	if again, err := w.EnrolStation(w.comes("192.0.2.7"), ask); err != nil || again != first {
		t.Errorf("the answer was lost: %+v, %v", again, err)
	}
	known, err := w.StationKey(t.Context(), first.ID)
	if err != nil || !known.Key.Equal(keyOf("lobby").Public()) || known.Name != "Kiosk lobby" || known.Refusal != "" {
		t.Errorf("%+v, %v", known, err)
	}
	if _, err := w.EnrolStation(w.comes("192.0.2.7"), enrolment(invited.Code, keyOf("thief"))); app.CodeOf(err) != app.CodeStationCode {
		t.Errorf("the code once more, for another key: %v", err)
	}
	if r := w.stationAt(first.ID); !bytes.Equal(r.Key, keyOf("lobby").Public().(ed25519.PublicKey)) {
		t.Error("another key took its place")
	}
}

// Threat: somebody enrols a machine of theirs, by a guess, an old code, a code of somebody who was careless, or with a key that is
// another's.
func TestWhatEnrolsNothing(t *testing.T) {
	w := newWorld(t)
	open := w.invite("Kiosk lobby").Code
	elsewhere := w.invite("Kiosk canteen").Code
	replaced := w.invite("Kiosk gate").Code
	w.invite("kiosk GATE")
	revoked := w.invite("Kiosk yard")
	w.ok(w.changes(revoked.Station.ID, app.StationRevoke, ""))
	key := keyOf("thief")
	good := enrolment(open, key)
	for name, ask := range map[string]app.EnrolStation{
		"a guess":                    enrolment(secret("000000000000"), key),
		"none":                       enrolment(secret(""), key),
		"invited anew":               enrolment(replaced, key),
		"revoked before it enrolled": enrolment(revoked.Code, key),
		"a proof for another code":   {Code: open, Key: good.Key, Proof: enrolment(elsewhere, key).Proof},
		"another's key":              {Code: open, Key: keyOf("kiosk").Public().(ed25519.PublicKey), Proof: good.Proof},
		"without a proof":            {Code: open, Key: good.Key},
		"without a key":              {Code: open, Proof: good.Proof},
		"half a key":                 {Code: open, Key: good.Key[:16], Proof: good.Proof},
	} {
		if _, err := w.EnrolStation(w.comes("local"), ask); app.CodeOf(err) != app.CodeStationCode {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.clock.pass(time.Hour + time.Microsecond)
	if _, err := w.EnrolStation(w.comes("local"), good); app.CodeOf(err) != app.CodeStationCode {
		t.Errorf("after its end: %v", err)
	}
	if got := w.audited("station.enrol", "succeeded"); got != 0 {
		t.Errorf("%d stations enrolled", got)
	}
	if got := w.audited("station.enrol", "failed"); got != 4 {
		t.Errorf("the trail tells of %d wrong codes", got)
	}
}

// Threat: codes are guessed at, from one network and from many.
func TestGuessingAStationsCodeIsThrottled(t *testing.T) {
	w := newWorld(t)
	key := keyOf("thief")
	guess := func(network string) app.Code {
		_, err := w.EnrolStation(w.comes(network), enrolment(secret("000000000000"), key))
		return app.CodeOf(err)
	}
	tries := 0
	for tries < 1000 && guess("198.51.100.7") == app.CodeStationCode {
		tries++
	}
	if code := guess("198.51.100.7"); tries != 10 || code != app.CodeThrottled {
		t.Errorf("%d guesses of one network, then %v", tries, code)
	}
	w.restart()
	if code := guess("198.51.100.7"); code != app.CodeThrottled {
		t.Errorf("a restart forgets: %v", code)
	}
	for i := range 1000 {
		if guess(fmt.Sprintf("203.0.%d.%d", i/250, i%250)) == app.CodeThrottled {
			tries += i
			break
		}
	}
	if tries != 100 {
		t.Errorf("%d guesses of all networks", tries)
	}
	if code := w.invite("Kiosk lobby").Code; app.CodeOf(func() error {
		_, err := w.EnrolStation(w.comes("local"), enrolment(code, keyOf("lobby")))
		return err
	}()) != "" {
		t.Error("guessers keep an administrator's own machine out")
	}
}

func TestAStationIsPausedResumedRenamedAndRevoked(t *testing.T) {
	w := newWorld(t)
	lobby, gate := w.enrols("Kiosk lobby"), w.enrols("Kiosk gate")
	refusal := func() app.Code {
		k, err := w.StationKey(t.Context(), lobby.ID)
		w.ok(err)
		return k.Refusal
	}
	w.ok(w.changes(lobby.ID, app.StationPause, ""))
	since := w.stationAt(lobby.ID).Paused
	w.clock.pass(time.Minute)
	w.ok(w.changes(lobby.ID, app.StationPause, ""))
	if got := refusal(); got != app.CodeStationPaused || !w.stationAt(lobby.ID).Paused.Equal(since) {
		t.Errorf("paused: %q, since %v", got, w.stationAt(lobby.ID).Paused)
	}
	w.ok(w.changes(lobby.ID, app.StationResume, ""))
	if got := refusal(); got != "" {
		t.Errorf("resumed: %q", got)
	}
	for _, name := range []string{"", " lobby", "lobby\n", strings.Repeat("x", 65), "a\u202eb", "kiosk gate", "\xff"} {
		if err := w.changes(lobby.ID, app.StationRename, name); app.CodeOf(err) != app.CodeStationName {
			t.Errorf("renamed to %q: %v", name, err)
		}
		if _, err := w.InviteStation(w.operator(), name, "jo"); app.CodeOf(err) != app.CodeStationName {
			t.Errorf("invited as %q: %v", name, err)
		}
	}
	w.ok(w.changes(lobby.ID, app.StationRename, "Kiosk LOBBY"))
	w.ok(w.changes(lobby.ID, app.StationRevoke, ""))
	if got := refusal(); got != app.CodeStationRevoked {
		t.Errorf("revoked: %q", got)
	}
	for _, what := range []app.StationChange{app.StationPause, app.StationResume, app.StationRevoke, app.StationRename} {
		if err := w.changes(lobby.ID, what, "Kiosk back"); app.CodeOf(err) != app.CodeStationRevoked {
			t.Errorf("%s, revoked: %v", what, err)
		}
	}
	if err := w.changes("nobody", app.StationPause, ""); app.CodeOf(err) != app.CodeNoStation {
		t.Errorf("one that is not there: %v", err)
	}
	if err := w.changes(gate.ID, "promote", ""); app.CodeOf(err) != app.CodeBadRequest {
		t.Errorf("an unknown change: %v", err)
	}
	w.enrols("Kiosk lobby") // the name is free again
	all, err := w.ListStations(w.operator())
	if err != nil || len(all) != 3 {
		t.Errorf("%d stations, %v", len(all), err)
	}
	for action, want := range map[string]int{
		"station.invite": 3, "station.enrol": 3, "station.pause": 2, "station.resume": 1, "station.rename": 1, "station.revoke": 1,
	} {
		if got := w.audited(action, "succeeded"); got != want {
			t.Errorf("%s: %d entries, want %d", action, got, want)
		}
	}
	for _, e := range w.trail() {
		if e.Action == "station.rename" && (e.By != "jo" || e.Reason != `station=`+string(lobby.ID)+` name="Kiosk LOBBY" was="Kiosk lobby"`) {
			t.Errorf("renamed: %+v", e)
		}
	}
}

// counting counts the transactions that may write.
type counting struct {
	port.Store
	updates int
}

func (c *counting) Update(ctx context.Context, f func(port.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, f)
}

// A commit for each request would be dear.
func TestTheLastUseOfAStationIsKeptNowAndThen(t *testing.T) {
	w := newWorld(t)
	lobby := w.enrols("Kiosk lobby")
	kept := &counting{Store: w.config.Store}
	w.config.Store = kept
	w.restart()
	before := kept.updates
	first := w.clock.Now()
	for range 10 {
		w.StationHeard(t.Context(), lobby.ID, 0, true)
		w.clock.pass(time.Minute)
	}
	if n := kept.updates - before; n != 1 {
		t.Errorf("%d transactions for ten requests", n)
	}
	if got := w.stationAt(lobby.ID).Used; !got.Equal(first) {
		t.Errorf("used at %v, the first time was %v", got, first)
	}
	w.clock.pass(time.Minute)
	w.StationHeard(t.Context(), lobby.ID, 0, true)
	if got := w.stationAt(lobby.ID).Used; !got.Equal(w.clock.Now()) {
		t.Errorf("used at %v, it is %v", got, w.clock.Now())
	}
	w.StationHeard(t.Context(), "nobody", 0, true) // is nobody's trouble
}

// At an enrolled station somebody learns why they can't be helped, and works for nothing, whatever holds for strangers.
func TestAnEnrolledStationIsNoStranger(t *testing.T) {
	for _, enrolled := range []bool{true, false} {
		w := newWorld(t, private, laborious)
		from := app.Origin{Station: "kiosk 1", Network: "198.51.100.7"}
		if enrolled {
			from.Enrolled = "S1"
		}
		k := w.start(app.PurposeReset, app.Caller{Origin: from}).must(app.GiveUserID{UserID: "nobody@harbour.example"})
		if enrolled {
			if got := at[app.Blocked](k); got.Code != app.CodeUnknown {
				t.Errorf("blocked by %s", got.Code)
			}
			continue
		}
		at[app.Triage](k.must(solved(k)))
	}
}

// Over the soft lock every way leads on at an enrolled station, up to the hard one.
func TestAnEnrolledStationLeadsOnOverTheSoftLock(t *testing.T) {
	for _, disclosure := range []policy.Disclosure{policy.Helpful, policy.Private} {
		w, ben := newWorld(t, often, func(p *policy.Policy) { p.Feature.Disclosure = disclosure }), someone(trial.Registered)
		w.lockOut(ben.UserID)
		k := w.start(app.PurposeReset, app.Caller{}).enrolled().must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot},
			app.Choose{Kind: app.KindAuthApp})
		k.refused(w.wrongCode(ben), app.CodeWrongCode)
		k.must(w.code(ben)) // and on to the next gate
		at[app.EnterCode](k)
		most := w.config.Policy.Recovery.MostWrongTries
		tries := w.config.Policy.Recovery.EndedGates*w.config.Policy.Codes.Tries + 1
		for locked := false; !locked; tries++ {
			if tries > most {
				t.Fatalf("%d wrong tries, and no end", tries)
			}
			k := w.start(app.PurposeReset, app.Caller{}).enrolled().must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot},
				app.Choose{Kind: app.KindAuthApp})
			locked = app.CodeOf(k.say(w.wrongCode(ben))) == app.CodeRecovery
		}
		if tries != most {
			t.Errorf("%s: the hard lock came after %d wrong tries, want %d", disclosure, tries, most)
		}
	}
}

// Threat: strangers behind the same address use up what the kiosk there may do.
func TestStrangersBehindItsAddressDoNotThrottleAStation(t *testing.T) {
	w := newWorld(t)
	start := func(from app.Origin) error {
		_, err := w.Start(app.WithCaller(t.Context(), app.Caller{Role: app.RoleAnyone, Origin: from}), app.Start{Purpose: app.PurposeReset, Key: w.key()})
		return err
	}
	shared := app.Origin{Station: "kiosk 1", Network: "198.51.100.7"}
	n := 1
	for ; n < 1000 && app.CodeOf(start(shared)) != app.CodeThrottled; n++ {
	}
	shared.Enrolled = "S1"
	if err := start(shared); err != nil {
		t.Errorf("the kiosk: %v", err)
	}
	of := 2
	for ; of < 1000 && app.CodeOf(start(shared)) != app.CodeThrottled; of++ {
	}
	if n >= 1000 || of != n {
		t.Errorf("%d starts of strangers in one moment, and %d of the kiosk's", n, of)
	}
}

// A station's texts are its own, whatever it is called, and whatever another one is called.
func TestAStationsBudgetFollowsItsID(t *testing.T) {
	w := newWorld(t, allow(app.KindSMS, app.KindVoice), func(p *policy.Policy) { p.Calls.SendsPerStation = 1 })
	for _, c := range []struct {
		name   string
		id     app.StationID
		number string
		want   app.Code
	}{
		{"kiosk 1", "S1", mobile, ""}, {"kiosk lobby", "S1", other, app.CodeThrottled}, {"kiosk 1", "S2", other, ""},
	} {
		k := w.registerFrom(someone(trial.Ready), app.Origin{Station: c.name, Enrolled: c.id, Network: "local"}).must(app.Choose{Kind: app.KindVoice})
		if err := k.say(app.GivePhone{Number: c.number, Use: app.PhoneOffice}); app.CodeOf(err) != c.want {
			t.Errorf("%s, %s: %v, want %q", c.name, c.id, err, c.want)
		}
		w.clock.pass(time.Second)
	}
}

// A flow goes on where it began when its station is renamed meanwhile.
func TestARenamedStationKeepsItsFlows(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	from := app.Origin{Station: "kiosk 1", Enrolled: "S1", Network: "local"}
	k := w.start(app.PurposeSignIn, app.Caller{Origin: from})
	from.Station = "kiosk lobby"
	k.ctx = app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: from})
	k.must(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)})
}

// Threat: one code enrols several machines, since they send it at the same moment.
func TestACodeEnrolsOneKeyOfManyAtOnce(t *testing.T) {
	w := newWorld(t)
	code := w.invite("Kiosk lobby").Code
	results := make(chan error, 50)
	for i := range cap(results) {
		ask := enrolment(code, keyOf(fmt.Sprint("machine ", i)))
		go func() {
			_, err := w.EnrolStation(w.comes("local"), ask)
			results <- err
		}()
	}
	enrolled := 0
	for range cap(results) {
		switch err := <-results; app.CodeOf(err) {
		case "":
			enrolled++
		case app.CodeStationCode:
		default:
			t.Error(err)
		}
	}
	if enrolled != 1 {
		t.Errorf("%d machines enrolled", enrolled)
	}
}
