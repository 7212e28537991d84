package voice

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest" // the suite that every method passes
)

// handset is a person with the telephone in hand.
type handset struct{ code int }

func (h *handset) See(r app.Result) {
	for _, m := range r.Send {
		h.code, _ = strconv.Atoi(m.Code)
	}
}

func give(n int) app.Input {
	return app.GiveCode{Digits: app.NewSecret(fmt.Sprintf("%06d", n%1_000_000))}
}

func (h *handset) Right(time.Time) app.Input          { return give(h.code) }
func (h *handset) Wrong(_ time.Time, n int) app.Input { return give(h.code + n + 1) }
func (h *handset) Secrets() []string                  { return []string{fmt.Sprintf("%06d", h.code), "91570156"} }

func subject() methodtest.Subject {
	return methodtest.Subject{
		Method:  Method{},
		Holder:  func() methodtest.Holder { return &handset{} },
		Enrol:   []app.Input{app.GivePhone{Number: "0491 570 156", Region: "AU", Use: app.PhoneMobile}},
		Prove:   []app.Input{app.GivePhone{Number: "+61 491 570 156"}},
		Life:    5 * time.Minute,
		Resends: true,
	}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

// TestOffice calls a land line with an extension, and no land line that is said to be a mobile.
func TestOffice(t *testing.T) {
	for use, code := range map[app.PhoneUse]app.Code{app.PhoneMobile: app.CodePhoneUse, app.PhoneAlternate: app.CodePhoneUse, app.PhoneOffice: ""} {
		turn := app.Turn{Now: methodtest.Start, Person: methodtest.Ana, Rand: zeros{}}
		r, err := Method{}.Enrol(turn, nil)
		if err != nil {
			t.Fatal(err)
		}
		turn.State = r.State
		in := app.GivePhone{Number: "+442079460000", Use: use}
		if use == app.PhoneOffice {
			in.Extension = "12"
		}
		if r, err = (Method{}).Enrol(turn, in); app.CodeOf(err) != code || (err == nil) != (len(r.Send) == 1) {
			t.Errorf("%s: %d messages, %v", use, len(r.Send), err)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
