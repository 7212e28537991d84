package setup

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const sampleServer = "../../assets/server/server.toml"

// keysOf lists the settings of a struct: "listen.address".
func keysOf(of reflect.Type, path string) (keys []string) {
	for i := range of.NumField() {
		field := of.Field(i)
		key := strings.TrimPrefix(path+"."+field.Tag.Get("toml"), ".")
		if field.Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(field.Type, key)...)
			continue
		}
		if field.Type.Kind() == reflect.Map && field.Type.Elem().Kind() == reflect.Struct { // further tables of a kind that is explained
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// TestTheSampleOfServerSettingsHasEachWithItsDefault, but for those that have none.
func TestTheSampleOfServerSettingsHasEachWithItsDefault(t *testing.T) {
	s, lines, problems, err := readServerSettings(sampleServer)
	if err != nil || len(problems.List) > 0 {
		t.Fatal(err, problems)
	}
	for _, key := range keysOf(reflect.TypeFor[ServerSettings](), "") {
		if lines[key] == 0 {
			t.Errorf("%s is not in the sample", key)
		}
	}
	want := DefaultServerSettings()
	want.BaseURL, want.Data.Folder, want.Policy.File = s.BaseURL, s.Data.Folder, s.Policy.File
	want.Listen.Certificate, want.Listen.Key, want.Keys = s.Listen.Certificate, s.Listen.Key, s.Keys
	want.Listen.BehindProxy, want.Limits.SharedNetworks = []string{}, []string{}
	want.Delivery.Mail.Servers, want.Delivery.Text.Servers = []string{}, []string{}
	want.Delivery.Call.Servers, want.Delivery.Call.Dial = []string{}, []string{}
	want.Directory.Servers, want.Directory.Administrators, want.Directory.Names = []string{}, []string{}, []string{}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("the sample has %+v, want %+v", s, want)
	}
}

// TestTheDocsExplainEveryServerSetting, and no other.
func TestTheDocsExplainEveryServerSetting(t *testing.T) {
	docs, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(string(docs), -1) {
		if !strings.HasPrefix(row[1], "sparekey_") { // a figure
			explained[row[1]] = true
		}
	}
	for _, key := range keysOf(reflect.TypeFor[ServerSettings](), "") {
		if !explained[key] {
			t.Errorf("docs/operations.md does not explain %s", key)
		}
		delete(explained, key)
	}
	for key := range explained {
		t.Errorf("docs/operations.md explains %s, which is no setting", key)
	}
}

// TestSettingsThatAreNotThereSaySo, and what helps, to whoever begins.
func TestSettingsThatAreNotThereSaySo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.toml")
	_, checked := Plan(path, nil)
	_, kept := Kept{Config: path}.find(false)
	for what, err := range map[string]error{"a server": checked, "a backup": kept} {
		if err == nil || err.Error() != path+" is not there: --config names another file, and setup makes one" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
