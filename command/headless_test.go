//go:build headless

package command

import "testing"

func TestABuildWithoutAWindowHasNoCommandsOfOne(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // the keyring of the person who runs the tests stays out of it
	answers(t, map[string]answer{
		"nothing said": {nil, 2, "", `expected one of "policy"`},
		"a window":     {[]string{"try"}, 2, "", "try"},
		"a doctor":     {[]string{"doctor", "--settings", file(t, "s.toml", "server = 7\n")}, 1, "keyring", "doctor: problems: 1"},
	})
}
