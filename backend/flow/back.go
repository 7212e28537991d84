package flow

import "github.com/sparekey/sparekey/app"

// back goes to the step before. A method may have one of its own (the address, before its code).
func (f *flow) back() error {
	switch f.s.At {
	case atBlocked:
		if f.s.At = atUserID; f.s.Blocked == app.CodeTooYoung {
			f.s.At = atUnlock
		}
	case atWork, atTriage:
		f.s.At = atUserID
	case atChoose:
		if f.s.Pending != nil {
			return f.home()
		}
		f.s.At = atTriage
	case atKnown, atPassword:
		f.s.At = atUnlock
	case atDelete, atRevealed:
		return f.home()
	case atMethod:
		if err := f.turn(app.Back{}); app.CodeOf(err) != app.CodeNotNow {
			return err
		}
		return f.leave()
	}
	return nil
}

// leave goes from a method's step to where it was chosen.
func (f *flow) leave() error {
	f.s.Kind = ""
	if f.enrolling() || f.s.Pending != nil {
		return f.home()
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	f.s.At = atChoose
	if len(f.offered(creds)) < 2 {
		f.s.At = atTriage
	}
	return nil
}
