package setup

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"

	"github.com/sparekey/sparekey/app/config"
)

// keysBy are the settings' names by a tag.
func keysBy(tag string) (keys []string) {
	for i := range reflect.TypeFor[Settings]().NumField() {
		keys = append(keys, reflect.TypeFor[Settings]().Field(i).Tag.Get(tag))
	}
	return slices.Sorted(slices.Values(keys))
}

func template(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../assets/managed", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("%s has %v, the settings are %v", what, got, want)
	}
}

// wellFormed reads a whole XML document.
func wellFormed(t *testing.T, name string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(template(t, name))))
	for {
		switch _, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestTheGroupPolicyTemplateHasEverySetting(t *testing.T) {
	wellFormed(t, "sparekey.admx")
	wellFormed(t, "en-US/sparekey.adml")
	type element struct {
		XMLName   xml.Name
		ID        string `xml:"id,attr"`
		ValueName string `xml:"valueName,attr"`
		Key       string `xml:"key,attr"`
	}
	var admx struct {
		Supported []struct {
			Name string `xml:"name,attr"`
		} `xml:"supportedOn>definitions>definition"`
		Policies []struct {
			Name         string `xml:"name,attr"`
			Class        string `xml:"class,attr"`
			Key          string `xml:"key,attr"`
			Presentation string `xml:"presentation,attr"`
			SupportedOn  struct {
				Ref string `xml:"ref,attr"`
			} `xml:"supportedOn"`
			Elements struct {
				All []element `xml:",any"`
			} `xml:"elements"`
		} `xml:"policies>policy"`
	}
	var adml struct {
		Strings []struct {
			ID string `xml:"id,attr"`
		} `xml:"resources>stringTable>string"`
		Presentations []struct {
			ID  string `xml:"id,attr"`
			All []struct {
				RefID string `xml:"refId,attr"`
			} `xml:",any"`
		} `xml:"resources>presentationTable>presentation"`
	}
	if err := errors.Join(xml.Unmarshal(template(t, "sparekey.admx"), &admx), xml.Unmarshal(template(t, "en-US/sparekey.adml"), &adml)); err != nil {
		t.Fatal(err)
	}
	lists := map[string]bool{}
	for i := range reflect.TypeFor[Settings]().NumField() {
		f := reflect.TypeFor[Settings]().Field(i)
		lists[f.Tag.Get("policy")] = f.Type.Kind() == reflect.Slice
	}
	var written, shown []string
	for _, p := range admx.Policies {
		known := len(admx.Supported) == 1 && p.SupportedOn.Ref == admx.Supported[0].Name && p.Presentation == "$(presentation."+p.Name+")"
		if p.Class != "Machine" || p.Key != `Software\Policies\Sparekey` || len(p.Elements.All) != 1 || !known {
			t.Errorf("policy %s is one of %s at %s with %d values, or refers to what there is not", p.Name, p.Class, p.Key, len(p.Elements.All))
			continue
		}
		e := p.Elements.All[0]
		written = append(written, e.ID)
		if isList := e.XMLName.Local == "list"; isList != lists[p.Name] || isList && e.Key != p.Key+`\`+p.Name || !isList && e.ValueName != p.Name {
			t.Errorf("policy %s is written as %+v", p.Name, e)
		}
	}
	for _, p := range adml.Presentations {
		if len(p.All) != 1 || p.All[0].RefID != p.ID {
			t.Errorf("presentation %s shows %+v", p.ID, p.All)
		}
		shown = append(shown, p.ID)
	}
	same(t, "sparekey.admx", written, keysBy("policy"))
	same(t, "sparekey.adml", shown, keysBy("policy"))
	var used, there []string
	for _, found := range regexp.MustCompile(`\$\(string\.([^)]+)\)`).FindAllSubmatch(template(t, "sparekey.admx"), -1) {
		used = append(used, string(found[1]))
	}
	for _, s := range adml.Strings {
		there = append(there, s.ID)
	}
	slices.Sort(there)
	same(t, "what sparekey.admx says", used, there)
}

func TestTheProfileHasEverySetting(t *testing.T) {
	var profile struct {
		Content []map[string]any `plist:"PayloadContent"`
	}
	if _, err := plist.Unmarshal(template(t, "sparekey.mobileconfig"), &profile); err != nil || len(profile.Content) != 1 {
		t.Fatalf("%+v, %v", profile, err)
	}
	payload := profile.Content[0]
	if payload["PayloadType"] != "app.sparekey.desktop" {
		t.Errorf("it is for %v", payload["PayloadType"])
	}
	maps.DeleteFunc(payload, func(key string, _ any) bool { return strings.HasPrefix(key, "Payload") })
	same(t, "sparekey.mobileconfig", slices.Collect(maps.Keys(payload)), keysBy("policy"))
	var s Settings
	if err := config.DecodeTree("profile", payload, "policy", &s); err != nil || s.Check() != nil {
		t.Errorf("%v, %v", err, s.Check())
	}
}

func TestTheSampleFileHasEverySetting(t *testing.T) {
	text := string(template(t, "settings.toml"))
	all := regexp.MustCompile(`(?m)^#([a-z_]+ = |  "|\])`).ReplaceAllString(text, "$1")
	for name, document := range map[string]string{"as it stands": text, "with everything": all} {
		var s Settings
		if err := config.Decode("settings.toml", []byte(document), &s); err != nil || s.Check() != nil {
			t.Errorf("%s: %v, %v", name, err, s.Check())
		}
	}
	var keys []string
	for _, found := range regexp.MustCompile(`(?m)^([a-z_]+) = `).FindAllStringSubmatch(all, -1) {
		keys = append(keys, found[1])
	}
	same(t, "settings.toml", keys, keysBy("toml"))
}

func TestTheDocsNameEverySetting(t *testing.T) {
	data, err := os.ReadFile("../../docs/managed-settings.md")
	if err != nil {
		t.Fatal(err)
	}
	var inFile, inPolicy []string
	for _, found := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| `([A-Za-z]+)` \\|").FindAllStringSubmatch(string(data), -1) {
		inFile, inPolicy = append(inFile, found[1]), append(inPolicy, found[2])
	}
	same(t, "managed-settings.md", inFile, keysBy("toml"))
	same(t, "managed-settings.md", inPolicy, keysBy("policy"))
}
