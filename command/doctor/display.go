package doctor

func (d Doctor) checkDisplay() Finding {
	f := Finding{Check: "display", Health: Healthy}
	wayland, x := d.env("WAYLAND_DISPLAY"), d.env("DISPLAY")
	switch {
	case d.system == "windows" || d.system == "darwin":
		f.What = "the system's own"
	case wayland != "":
		f.What = "Wayland, " + wayland
	case x != "":
		f.What = "X11, " + x
	default:
		f.Health, f.What = Problem, "there is none: neither DISPLAY nor WAYLAND_DISPLAY is set"
		f.Do = "Start Sparekey in a graphical session"
	}
	return f
}
