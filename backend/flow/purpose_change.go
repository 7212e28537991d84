package flow

// changePassword is app.PurposeChange.
type changePassword struct{ anyPurpose }

func (changePassword) keepsSession() bool { return true }

func (changePassword) open(f *flow) error {
	f.s.At = atCurrent
	f.blockYoung(f.s.Subject.Directory.ChangeFrom)
	return nil
}
