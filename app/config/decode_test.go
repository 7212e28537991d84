package config

import (
	"testing"
	"time"
)

func TestDaysAreDurations(t *testing.T) {
	for written, want := range map[string]time.Duration{"180d": 4320 * time.Hour, "0d": 0, "4320h": 4320 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := readDuration(written); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", written, got, err, want)
		}
	}
	for _, written := range []string{"d", "-1d", "1.5d", "1d12h", "180 d", "99999d", ""} {
		if got, err := readDuration(written); err == nil {
			t.Errorf("%q is %v", written, got)
		}
	}
}

func TestDecode(t *testing.T) {
	var s struct {
		Server struct {
			Address string `toml:"address"`
		} `toml:"server"`
		Kept string `toml:"kept"`
	}
	s.Kept = "as it was"
	if err := Decode("settings.toml", []byte("[server]\naddress = \"https://x.example\"\n"), &s); err != nil {
		t.Fatal(err)
	}
	if s.Server.Address != "https://x.example" || s.Kept != "as it was" {
		t.Errorf("%+v", s)
	}
	err := Decode("settings.toml", []byte("[server]\nadress = 1\n[sever]\n"), &s)
	const want = "settings.toml:2: server.adress: misspelt{meant=address}\nsettings.toml:3: sever: misspelt{meant=server}"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestTablesOfOneKindHaveNames: each is read as a struct, and what is wrong in one is told with its name.
func TestTablesOfOneKindHaveNames(t *testing.T) {
	type house struct {
		Rooms map[string]struct {
			Floor int `toml:"floor"`
		} `toml:"rooms"`
	}
	var h house
	lines, problems := DecodeLines("house.toml", []byte("[rooms.hall]\nfloor = 1\n[rooms.attic]\nfloor = 4\n"), &h)
	if len(problems.List) > 0 || h.Rooms["hall"].Floor != 1 || h.Rooms["attic"].Floor != 4 || lines.Of("rooms.attic.floor") != 4 {
		t.Errorf("read %+v, %v, %v", h, problems, lines)
	}
	for document, want := range map[string]string{
		"[rooms.hall]\nflor = 1\n": "rooms.hall.flor", "[rooms.hall]\nfloor = \"1\"\n": "rooms.hall.floor", "rooms = 1\n": "rooms", "[rooms]\nhall = 1\n": "rooms.hall",
	} {
		if _, problems := DecodeLines("house.toml", []byte(document), &h); len(problems.List) != 1 || problems.List[0].Key != want {
			t.Errorf("%q: %+v", document, problems.List)
		}
	}
}
