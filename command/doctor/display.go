package doctor

import "github.com/sparekey/sparekey/assets/words"

func (d Doctor) checkDisplay() Finding {
	f := Finding{Check: "display", Health: Healthy}
	wayland, x := d.env("WAYLAND_DISPLAY"), d.env("DISPLAY")
	switch {
	case d.system == "windows" || d.system == "darwin":
		f.What = words.Text("doctor.system")
	case wayland != "":
		f.What = words.Text("doctor.display.wayland", words.Values{"display": wayland})
	case x != "":
		f.What = words.Text("doctor.display.x", words.Values{"display": x})
	default:
		f.Health, f.What = Problem, words.Text("doctor.display.none")
		f.Do = words.Text("doctor.display.none.do")
	}
	return f
}
