package keycare

import (
	"runtime"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// keyListPage lists the keys that are plugged in, or waits for one.
type keyListPage struct {
	*shell.PageBase
	care *keyCare
}

func newKeyList(c *keyCare) *keyListPage {
	s := &keyListPage{PageBase: shell.NewPageBase(c.w, "keycare"), care: c}
	s.Escape = c.w.Home
	return s
}

// Build implements shell.Page.
func (s *keyListPage) Build() kit.PageSpec {
	p := kit.PageSpec{
		Heading: words.Text("keycare.several"),
		Lead:    words.Text("keycare.several_lead"),
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
	if len(s.care.keys) == 0 {
		p.Heading, p.Lead = words.Text("keycare.plug_in"), words.Text("keycare.plug_in_lead")
		p.Body = keyparts.Art(kit.KeyAway)
		s.HintAfter(keyparts.UnseenHint(runtime.GOOS))
		return p
	}
	for _, key := range s.care.keys {
		spec := kit.RowSpec{Icon: kit.IconKey, Title: keyparts.Name(key, s.care.keys), Detail: keyMaker(key)}
		if key.Trouble != nil {
			spec.Detail = s.Window.Refusal(key.Trouble)
		}
		p.Body = append(p.Body, kit.NewRow("keycare.key."+string(key.ID), spec, func() { s.care.open(key.ID) }))
	}
	return p
}

// keyMaker says who made a key, and which firmware it has.
func keyMaker(key app.KeyInfo) string {
	switch {
	case key.Firmware == "":
		return key.Manufacturer
	case key.Manufacturer == "":
		return words.Text("keycare.firmware", words.Values{"version": key.Firmware})
	}
	return key.Manufacturer + " · " + words.Text("keycare.firmware", words.Values{"version": key.Firmware})
}
