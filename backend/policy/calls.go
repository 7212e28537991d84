package policy

// calls checks what goes over the telephone.
func (c *checker) calls(p Calls) {
	if p.Confirm != SpokenCode && p.Confirm != TwoDigits {
		c.add("calls.confirm", `must be %q or %q, is %q`, SpokenCode, TwoDigits, p.Confirm)
	}
}
