package phone

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/methodtest" // the suite that every method passes
)

var calls = Channel{Kind: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}}

// method is a channel as a method.
type method struct{ Channel }

func (m method) Kind() app.Kind { return m.Channel.Kind }

// handset is a person with the telephone in hand.
type handset struct{ got []app.Message }

func (h *handset) See(r app.Result) { h.got = append(h.got, r.Send...) }

func (h *handset) last() int {
	n, _ := strconv.Atoi(h.got[len(h.got)-1].Code)
	return n
}

func give(n int) app.Input {
	return app.GiveCode{Digits: app.NewSecret(fmt.Sprintf("%06d", n%1_000_000))}
}

func (h *handset) Right(time.Time) app.Input          { return give(h.last()) }
func (h *handset) Wrong(_ time.Time, n int) app.Input { return give(h.last() + n + 1) }
func (h *handset) Secrets() []string {
	return []string{fmt.Sprintf("%06d", h.last()), "491570156", "1570156"}
}

const mobile = "+61491570156"

func subject() methodtest.Subject {
	return methodtest.Subject{
		Method:  method{calls},
		Holder:  func() methodtest.Holder { return &handset{} },
		Enrol:   []app.Input{app.GivePhone{Number: "0491 570 156", Region: "AU", Use: app.PhoneMobile}},
		Prove:   []app.Input{app.GivePhone{Number: mobile}},
		Life:    5 * time.Minute,
		Resends: true,
	}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

func turn() app.Turn {
	return app.Turn{
		Now: methodtest.Start, Rand: rand.NewChaCha8([32]byte{}), Person: methodtest.Ana, TriesLeft: 5,
		Settings: app.MethodSettings{CodeLife: 5 * time.Minute, ResendAfter: 30 * time.Second, ConfirmFirst: true},
	}
}

// conversation submits inputs one after the other, as the backend does.
type conversation struct {
	*testing.T
	turn app.Turn
	ask  func(app.Turn, app.Input) (app.Result, error)
	handset
}

func (k *conversation) submit(in app.Input) (app.Result, error) {
	r, err := k.ask(k.turn, in)
	if err == nil {
		k.See(r)
		k.turn.State = r.State
	}
	return r, err
}

func (k *conversation) mustSubmit(in app.Input) app.Result {
	k.Helper()
	r, err := k.submit(in)
	if err != nil {
		k.Fatalf("%T: %v", in, err)
	}
	return r
}

// enrolled registers a number and gives its credential.
func enrolled(t *testing.T, in app.GivePhone) *app.NewCredential {
	t.Helper()
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.mustSubmit(nil)
	k.mustSubmit(in)
	r := k.mustSubmit(k.Right(k.turn.Now))
	if r.Verdict != app.Proven {
		t.Fatal("not proven")
	}
	return r.Credential
}

func TestMessageAndCredential(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	if step := k.mustSubmit(nil).Step.(app.EnterPhone); !slices.Equal(step.Uses, calls.Uses) || step.Confirm || step.Channel != app.KindVoice {
		t.Errorf("begins with %+v", step)
	}
	r := k.mustSubmit(app.GivePhone{Number: "020 7946 0000", Region: "GB", Extension: "4400", Use: app.PhoneOffice})
	m := k.got[0]
	if m.To != "+442079460000;ext=4400" || m.Channel != app.KindVoice || m.Template != app.MessageCode || m.Params["minutes"] != "5" || len(m.Code) != 6 {
		t.Errorf("message %+v", m)
	}
	step := r.Step.(app.EnterCode)
	if step.Masked != "+44 ••••••00" || !step.Expires.Equal(k.turn.Now.Add(5*time.Minute)) || step.Channel != app.KindVoice || step.TriesLeft != 5 {
		t.Errorf("step %+v", step)
	}
	c := k.mustSubmit(k.Right(k.turn.Now)).Credential
	if c.Variant != "office" || c.Masked != "+44 ••••••00" || c.Address != m.To {
		t.Errorf("credential %+v", c)
	}
}

// TestOneNumberForEachUse offers what is free, and refuses the rest at each point.
func TestOneNumberForEachUse(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.turn.Variants = []string{"mobile"}
	if uses := k.mustSubmit(nil).Step.(app.EnterPhone).Uses; !slices.Equal(uses, calls.Uses[1:]) {
		t.Errorf("offered %v", uses)
	}
	if _, err := k.submit(app.GivePhone{Number: mobile, Use: app.PhoneMobile}); app.CodeOf(err) != app.CodeLimit {
		t.Errorf("a second mobile: %v", err)
	}
	if _, err := k.submit(app.GivePhone{Number: mobile, Use: "fax"}); app.CodeOf(err) != app.CodePhoneUse {
		t.Errorf("a use of no channel: %v", err)
	}
	k.mustSubmit(app.GivePhone{Number: mobile, Use: app.PhoneAlternate})
	k.turn.Variants = []string{"mobile", "alternate"}
	if _, err := k.submit(k.Right(k.turn.Now)); app.CodeOf(err) != app.CodeLimit {
		t.Errorf("another window was faster: %v", err)
	}
	k = &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.turn.Variants = []string{"mobile", "alternate", "office"}
	if _, err := k.submit(nil); app.CodeOf(err) != app.CodeLimit {
		t.Errorf("nothing is free: %v", err)
	}
}

// TestBack keeps what was typed. The same number goes on with the code on its way; another one kills it.
func TestBack(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.mustSubmit(nil)
	typed := app.GivePhone{Number: "020 7946 0000", Region: "GB", Extension: "12", Use: app.PhoneOffice}
	k.mustSubmit(typed)
	if back := k.mustSubmit(app.Back{}).Step.(app.EnterPhone); back.Number != typed.Number || back.Extension != "12" || back.Use != app.PhoneOffice {
		t.Errorf("back at %+v", back)
	}
	if _, err := k.submit(app.Back{}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("back at the beginning: %v", err)
	}
	if k.mustSubmit(typed); len(k.got) != 1 {
		t.Errorf("the same number within 30 s got %d messages", len(k.got))
	}
	first := k.Right(k.turn.Now)
	k.mustSubmit(app.Back{})
	if k.mustSubmit(app.GivePhone{Number: mobile, Use: app.PhoneMobile}); len(k.got) != 2 || k.got[1].To != mobile {
		t.Errorf("another number: %+v", k.got)
	}
	if r := k.mustSubmit(first); r.Verdict != app.Wrong {
		t.Errorf("the code for the other number: verdict %v", r.Verdict)
	}
}

// TestConfirm types wrong numbers at a gate: nothing is sent and nothing of the true one is shown.
func TestConfirm(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Prove}
	k.turn.Credential = enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
	step := k.mustSubmit(nil).Step.(app.EnterPhone)
	if !step.Confirm || step.Number != "" || len(step.Uses) > 0 || len(k.got) > 0 {
		t.Fatalf("step %+v", step)
	}
	for _, typed := range []string{"+61491570157", "+442079460000"} {
		r := k.mustSubmit(app.GivePhone{Number: typed})
		if r.Verdict != app.Wrong || r.Why != app.CodeWrongPhone || len(k.got) > 0 {
			t.Errorf("%s: verdict %v, why %q", typed, r.Verdict, r.Why)
		}
		if step := r.Step.(app.EnterPhone); step.Number != typed || step.TriesLeft != 4 || !step.Confirm {
			t.Errorf("%s: step %+v", typed, step)
		}
	}
	if _, err := k.submit(app.GivePhone{Number: "12"}); app.CodeOf(err) != app.CodeBadPhone {
		t.Errorf("malformed: %v", err)
	}
	if r := k.mustSubmit(app.GivePhone{Number: "0491 570 156", Region: "AU"}); r.Step.(app.EnterCode).Masked != "+61 ••••••56" || k.got[0].To != mobile {
		t.Errorf("sent %+v", k.got)
	}
}

// TestMaskedAtAGate shows a destination only once something is proven.
func TestMaskedAtAGate(t *testing.T) {
	secret := enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
	for _, c := range []struct {
		confirm, proven bool
		masked          string
	}{{false, false, ""}, {false, true, "+61 ••••••56"}, {true, true, "+61 ••••••56"}} {
		k := &conversation{T: t, turn: turn(), ask: calls.Prove}
		k.turn.Credential, k.turn.Settings.ConfirmFirst, k.turn.Proven = secret, c.confirm, c.proven
		if got := k.mustSubmit(nil).Step.(app.EnterCode).Masked; got != c.masked || len(k.got) != 1 {
			t.Errorf("%+v: masked %q, %d messages", c, got, len(k.got))
		}
	}
}

// TestSeveralNumbers leads a gate as the backend does, with each credential in turn: the number that is typed says which.
func TestSeveralNumbers(t *testing.T) {
	one := enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
	two := enrolled(t, app.GivePhone{Number: "+442079460000", Use: app.PhoneOffice}).Secret
	k := &conversation{T: t, turn: turn(), ask: calls.Prove}
	k.turn.Variants, k.turn.Proven, k.turn.Settings.ConfirmFirst = []string{"mobile", "office"}, true, false
	each := func(in app.Input) (r app.Result) {
		for _, secret := range [][]byte{one, two} {
			k.turn.Credential = secret
			if r = k.mustSubmit(in); r.Verdict != app.Wrong {
				return r
			}
		}
		return r
	}
	if step := each(nil).Step.(app.EnterPhone); !step.Confirm || len(step.Uses) > 0 {
		t.Errorf("asked for %+v", step)
	}
	each(app.GivePhone{Number: "+442079460000"})
	if len(k.got) != 1 || k.got[0].To != "+442079460000" {
		t.Fatalf("sent %+v", k.got)
	}
	if r := each(k.Wrong(k.turn.Now, 1)); r.Verdict != app.Wrong || r.Why != app.CodeWrongCode {
		t.Errorf("a wrong code: %v, %s", r.Verdict, r.Why)
	}
	k.turn.Now = k.turn.Now.Add(time.Minute)
	if each(app.Resend{}); len(k.got) != 2 || k.got[1].To != "+442079460000" {
		t.Errorf("sent again %+v", k.got)
	}
	if r := each(k.Right(k.turn.Now)); r.Verdict != app.Proven {
		t.Errorf("the right code: %v", r.Verdict)
	}
}

// TestDestination changes the state's number: a code never goes anywhere but to the number on file.
func TestDestination(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Prove}
	k.turn.Credential = enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
	k.turn.Settings.ConfirmFirst = false
	k.mustSubmit(nil)
	k.turn.State = []byte(strings.ReplaceAll(string(k.turn.State), mobile, "+61491570157"))
	k.turn.Now = k.turn.Now.Add(time.Minute)
	if r, err := k.submit(app.Resend{}); err == nil && r.Verdict != app.Wrong || len(k.got) > 1 {
		t.Errorf("a code went to %+v", k.got)
	}
}

// TestCountries refuses numbers of other countries: new ones, and those that were registered before.
func TestCountries(t *testing.T) {
	for number, want := range map[string]app.Code{mobile: "", "+442079460000": app.CodePhoneCountry, "+12025550123": app.CodePhoneCountry} {
		k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
		k.turn.Settings.Countries = []string{"AU", "CA"}
		k.mustSubmit(nil)
		r, err := k.submit(app.GivePhone{Number: number, Use: app.PhoneOffice})
		if app.CodeOf(err) != want || len(k.got) != len(r.Send) || (len(r.Send) == 1) != (want == "") {
			t.Errorf("%s: %v, %d messages", number, err, len(k.got))
		}
	}
	for country, want := range map[string]app.Code{"AU": "", "GB": app.CodePhoneCountry} {
		k := &conversation{T: t, turn: turn(), ask: calls.Prove}
		k.turn.Credential = enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
		k.turn.Settings.Countries = []string{country}
		k.mustSubmit(nil)
		if _, err := k.submit(app.GivePhone{Number: mobile}); app.CodeOf(err) != want || (len(k.got) == 1) != (want == "") {
			t.Errorf("at a gate, open to %s: %v", country, err)
		}
		if want == "" && k.got[0].Country != "AU" {
			t.Errorf("the message names %q", k.got[0].Country)
		}
	}
}

// TestChannels refuses the state of one channel in another.
func TestChannels(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.mustSubmit(nil)
	k.ask = Channel{Kind: app.KindSMS, Uses: calls.Uses[:2]}.Enrol
	if r, err := k.submit(app.GivePhone{Number: mobile, Use: app.PhoneMobile}); app.CodeOf(err) != app.CodeInternal || len(r.Send) > 0 {
		t.Errorf("a state of calls, taken by text messages: %d messages, %v", len(r.Send), err)
	}
}

// TestADecoyIsOfTheRegionOfMostPeople draws numbers that exist, of the country that the policy names first, in each country.
func TestADecoyIsOfTheRegionOfMostPeople(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	for country := range phonenumbers.GetSupportedRegions() {
		seen := map[string]bool{}
		for i := range 6 {
			k := turn()
			k.Rand, k.Settings.Countries = rand.NewChaCha8([32]byte{byte(i)}), []string{country, "FR"}
			made, err := calls.Decoy(k, 0)
			if err != nil {
				t.Fatalf("%s: %v", country, err)
			}
			c, err := kept.ReadCredential[credential](k, made.Secret)
			if err != nil || !c.Number.valid() || made.Address != "" {
				t.Fatalf("%s: %+v, %v", country, c, err)
			}
			if _, has := mobileOf(country, 0); has && c.Number.country() != country {
				t.Errorf("%s: %s", country, c.Number.E164)
			}
			seen[c.Number.E164] = true
		}
		if len(seen) < 3 {
			t.Errorf("%s: only %d numbers", country, len(seen))
		}
	}
}

// TestInPrivateNobodyLearnsHowManyNumbersThereAre sends the code at once, a new one to the next number, and takes each from the
// number that it went to. A number whose country is shut out gets nothing, and nothing says so.
func TestInPrivateNobodyLearnsHowManyNumbersThereAre(t *testing.T) {
	numbers := []string{mobile, "+442079460000", "+61491570157"}
	var secrets [][]byte
	for i, n := range numbers {
		secrets = append(secrets, enrolled(t, app.GivePhone{Number: n, Use: []app.PhoneUse{app.PhoneMobile, app.PhoneOffice, app.PhoneAlternate}[i]}).Secret)
	}
	k := &conversation{T: t, turn: turn(), ask: calls.Prove}
	k.turn.Settings.ConfirmFirst, k.turn.Private = false, true
	k.turn.Variants, k.turn.Siblings = []string{"mobile", "office", "alternate"}, secrets
	each := func(in app.Input) (r app.Result) {
		for _, secret := range secrets {
			k.turn.Credential = secret
			if r = k.mustSubmit(in); r.Verdict != app.Wrong {
				return r
			}
		}
		return r
	}
	first, is := each(nil).Step.(app.EnterCode)
	if !is || first.Masked != "" || k.got[0].To != mobile {
		t.Fatalf("begins with %+v, sent %+v", first, k.got)
	}
	old := k.Right(k.turn.Now)
	for i := range 4 {
		k.turn.Now = k.turn.Now.Add(time.Minute)
		step := each(app.Resend{}).Step.(app.EnterCode)
		if want := numbers[(i+1)%3]; k.got[i+1].To != want || step.Masked != "" {
			t.Errorf("new code %d went to %s, want %s; %+v", i, k.got[i+1].To, want, step)
		}
	}
	if r := each(old); r.Verdict != app.Wrong {
		t.Errorf("the first code: %v", r.Verdict)
	}
	k.turn.Settings.Countries = []string{"AU"}
	for _, want := range []string{numbers[2], numbers[0], ""} {
		k.turn.Now = k.turn.Now.Add(time.Minute)
		if each(app.Resend{}); k.got[len(k.got)-1].To != want {
			t.Errorf("open to AU alone, a code went to %q, want %q", k.got[len(k.got)-1].To, want)
		}
	}
	if r := each(k.Right(k.turn.Now)); r.Verdict != app.Proven {
		t.Errorf("the right code: %v", r.Verdict)
	}
}
