package backend

import "github.com/sparekey/sparekey/app"

// back goes to the step before. A method may have one of its own (the address, before its code).
func (t *talk) back() error {
	switch t.s.At {
	case atWork, atTriage, atBlocked:
		t.s.At = atUserID
	case atChoose:
		if t.s.Wanted != nil {
			return t.home()
		}
		t.s.At = atTriage
	case atKnown, atPassword:
		t.s.At = atUnlock
	case atDelete, atRevealed:
		return t.home()
	case atMethod:
		if err := t.turn(app.Back{}); app.CodeOf(err) != app.CodeNotNow {
			return err
		}
		return t.leave()
	}
	return nil
}

// leave goes from a method's step to where it was chosen.
func (t *talk) leave() error {
	t.s.Kind = ""
	if t.enrolling() || t.s.Wanted != nil {
		return t.home()
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	t.s.At = atChoose
	if len(t.offered(creds)) < 2 {
		t.s.At = atTriage
	}
	return nil
}
