package ctaptest

// refusesAlways gives the status that a command is always answered with.
func (c *call) refusesAlways(command byte) error {
	if s, is := c.k.o.Statuses[command]; is {
		return status(s)
	}
	return nil
}

// selected waits for the touch that says "this one".
func (c *call) selected() error {
	if c.k.o.Hasty {
		return nil
	}
	return c.wait(c.k.touch)
}

// confirmReset waits for the touch that a factory reset wants.
func (c *call) confirmReset() error {
	if c.k.o.ResetsAlone {
		return nil
	}
	return c.wait(c.k.touch)
}

// cancelled gives up what a channel has the key wait for.
func (s *session) cancelled(channel uint32) {
	if !s.k.o.KeepsWaiting {
		s.stop(channel)
	}
}
