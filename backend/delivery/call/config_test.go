package call

import "testing"

func TestAServerIsNamedByItsScheme(t *testing.T) {
	for address, want := range map[string]server{
		"sips:pbx.example.org":               {"pbx.example.org", 0, overTLS},
		"sips:pbx.example.org:5071":          {"pbx.example.org", 5071, overTLS},
		"sip:10.0.0.5":                       {"10.0.0.5", 0, overUDP},
		"sip:pbx.example.org;transport=udp":  {"pbx.example.org", 0, overUDP},
		"sip:[2001:db8::5]:5062":             {"2001:db8::5", 5062, overUDP},
		"sip:[2001:db8::5]":                  {"2001:db8::5", 0, overUDP},
		"sip:pbx.example.org;transport=tcp":  {"pbx.example.org", 0, overTCP},
		"sip:pbx:5061;transport=tls":         {"pbx", 5061, overTLS},
		"":                                   {},
		"pbx.example.org":                    {},
		"sip:":                               {},
		"sip:user@pbx.example.org":           {},
		"sip:pbx.example.org;transport=ws":   {},
		"sip:pbx.example.org;tcp":            {},
		"sips:pbx.example.org;transport=udp": {},
		"https://pbx.example.org":            {},
		"sip:pbx:0":                          {},
		"sip:pbx:99999":                      {},
		"sip:p b x":                          {},
		"sip:pbx\r\nX: y":                    {},
	} {
		is, err := parseServer(address)
		if is != want || (err == nil) != (want.host != "") {
			t.Errorf("%q is %+v, %v", address, is, err)
		}
	}
	for address, want := range map[string]bool{"sip:10.0.0.5": true, "sips:pbx": false, "sip:127.0.0.1": false, "sip:localhost;transport=tcp": false, "sip:pbx": true} {
		if InClear(address) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}

func TestNumbersAreDialledByRules(t *testing.T) {
	c := Config{Dial: []string{"+4930=0", "+49=00", "+=000"}}
	for to, want := range map[string]number{
		"+493012345":       {"012345", ""},
		"+498912345":       {"008912345", ""},
		"+33123456":        {"00033123456", ""},
		"+33123456;ext=12": {"00033123456", "12"},
		"030123":           {}, "": {}, "+49a": {}, "+49301;ext=1a": {}, "+491234567890123456": {}, "+4930@x": {},
	} {
		is, err := c.numberOf(to)
		if is != want || (err == nil) != (want.user != "") {
			t.Errorf("%q is %+v, %v", to, is, err)
		}
	}
	if is, err := (Config{}).numberOf("+493012345"); err != nil || is.user != "+493012345" {
		t.Errorf("%+v, %v", is, err)
	}
	for rule, good := range map[string]bool{"+49=0": true, "+=00": true, "+49=": true, "49=0": false, "+49": false, "+4x=0": false, "+49=0;x": false} {
		if (CheckDial(rule) == nil) != good {
			t.Errorf("%q: %v", rule, !good)
		}
	}
}

func TestWhatStandsInAMessageIsPlain(t *testing.T) {
	for text, good := range map[string]bool{"+493012345": true, "sparekey-1": true, "": false, "a b": false, "a\r\nb": false, "a@b": false, "a>": false} {
		if (CheckUser(text) == nil) != good {
			t.Errorf("%q: %v", text, !good)
		}
	}
	for text, good := range map[string]bool{"Harbour Clinic": true, "": true, `a"b`: false, "a\nb": false} {
		if (CheckName(text) == nil) != good {
			t.Errorf("%q: %v", text, !good)
		}
	}
}
