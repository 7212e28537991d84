package authapp

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest"
)

// TestAClockThatIsOffIsTold registers apps whose clocks are ahead or behind: how far, to half a minute, without a try. At a
// gate nothing of it is told.
func TestAClockThatIsOffIsTold(t *testing.T) {
	for _, tt := range []struct {
		off           time.Duration
		side, seconds string // empty: a wrong code
	}{
		{95 * time.Second, "ahead", "90"},
		{60 * time.Second, "ahead", "60"},
		{-4 * time.Minute, "behind", "240"},
		{-95 * time.Second, "behind", "90"},
		{10 * time.Minute, "ahead", "600"},
		{-10 * time.Minute, "behind", "600"},
		{11 * time.Minute, "", ""},
		{-11 * time.Minute, "", ""},
		{time.Hour, "", ""},
	} {
		p := &phone{}
		turn := app.Turn{Now: methodtest.Start.Add(10 * time.Second), Rand: zeros{}, Person: methodtest.Ana, TriesLeft: 5}
		r, err := Method{}.Enrol(turn, nil)
		if err != nil {
			t.Fatal(err)
		}
		p.See(r)
		turn.State = r.State
		r, err = Method{}.Enrol(turn, p.Right(turn.Now.Add(tt.off)))
		e, refused := err.(*app.Error)
		switch {
		case tt.side == "":
			if err != nil || r.Verdict != app.Wrong || r.Why != app.CodeWrongCode {
				t.Errorf("%v: verdict %v, %v", tt.off, r.Verdict, err)
			}
		case !refused || e.Code != app.CodeClock || e.Field != "code" || e.Params["side"] != tt.side || e.Params["seconds"] != tt.seconds:
			t.Errorf("%v: %+v", tt.off, err)
		case r.Verdict != app.Undecided || r.State != nil:
			t.Errorf("%v: verdict %v: a try is gone", tt.off, r.Verdict)
		}

		if r, err = (Method{}).Enrol(turn, p.Right(turn.Now)); err != nil || r.Verdict != app.Proven {
			t.Fatalf("%v: once the clock is set: verdict %v, %v", tt.off, r.Verdict, err)
		}
		turn.Credential, turn.State = r.Credential.Secret, nil
		turn.Now = turn.Now.Add(time.Hour)
		if r, err = (Method{}).Prove(turn, nil); err != nil {
			t.Fatal(err)
		}
		turn.State = r.State
		if r, err = (Method{}).Prove(turn, p.Right(turn.Now.Add(tt.off))); err != nil || r.Verdict != app.Wrong || r.Why != app.CodeWrongCode {
			t.Errorf("%v, at a gate: verdict %v, why %q, %v", tt.off, r.Verdict, r.Why, err)
		}
	}
}
