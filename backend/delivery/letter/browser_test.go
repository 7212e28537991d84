package letter

import (
	"context"
	"encoding/base64"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// page has a mail in a frame as wide as a small telephone, and says how wide the mail wants to be.
const page = `<body><iframe width="320" height="600" style="border:0" srcdoc="%s"></iframe><script>
onload = () => { document.body.setAttribute("wide", document.querySelector("iframe").contentDocument.documentElement.scrollWidth) }
</script></body>`

// TestAMailFitsASmallTelephone, whatever names it holds, in a real browser.
func TestAMailFitsASmallTelephone(t *testing.T) {
	var browser string
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if found, err := exec.LookPath(name); err == nil && browser == "" {
			browser = found
		}
	}
	if browser == "" {
		t.Skip("there is no Chromium here")
	}
	w := writer(t, Config{})
	w.config.Organisation = func(ctx context.Context) (app.Organisation, error) {
		o, err := harbour(ctx)
		o.Name, o.HelpDesk.Link = strings.Repeat("Donaudampfschifffahrt", 4), "https://help.harbour.example/"+strings.Repeat("long", 30)
		return o, err
	}
	for _, id := range []app.MessageID{app.MessageCode, app.MessageHelpRequest, app.MessageSessionStolen} {
		m := Sample(id, at)
		m.Params["user_id"], m.Params["receipt"] = strings.Repeat("verylongname", 8), strings.Repeat("HR2041", 12)
		inside := strings.NewReplacer("&", "&amp;", `"`, "&quot;").Replace(write(t, w, m).HTML)
		url := "data:text/html;base64," + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, page, inside))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", url).Output()
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`<body wide="(\d+)"`).FindSubmatch(out)
		if found == nil {
			t.Fatalf("the browser did not measure: %s", out)
		}
		if wide, _ := strconv.Atoi(string(found[1])); wide > 320 {
			t.Errorf("%s is %d pixels wide on a telephone of 320", id, wide)
		}
	}
}
