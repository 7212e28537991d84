//go:build !linux

package filepages

// GiveBack does nothing here.
func (p *Pages) GiveBack() {}
