package page_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// browser is a real one, without a window, that is told what to do over a pipe: the Chrome DevTools Protocol
// (https://chromedevtools.github.io/devtools-protocol/), a JSON object and a NUL byte each way.
type browser struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	last    int
	session string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	var name string
	for _, known := range []string{"chromium-headless-shell", "chromium"} {
		if found, err := exec.LookPath(known); err == nil && name == "" {
			name = found
		}
	}
	if name == "" {
		t.Skip("there is no Chromium here")
	}
	reads, in, err1 := os.Pipe()
	out, writes, err2 := os.Pipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	c := exec.CommandContext(ctx, name, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	c.ExtraFiles = []*os.File{reads, writes}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = reads.Close()
	_ = writes.Close()
	t.Cleanup(func() { // it ends with its pipe
		_ = in.Close()
		_ = c.Wait()
		cancel()
		_ = out.Close()
	})
	b := &browser{t: t, in: in, out: bufio.NewReader(out)}
	var made struct{ TargetID, SessionID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	b.do("Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &made)
	b.session = made.SessionID
	b.do("Page.enable", nil, nil)
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	return b
}

// message is what comes from the browser.
type message struct {
	ID     int
	Method string
	Result json.RawMessage
	Error  *struct{ Message string }
}

// do gives an order, and waits until it was carried out.
func (b *browser) do(method string, params map[string]any, into any) {
	b.t.Helper()
	b.last++
	order := map[string]any{"id": b.last, "method": method, "params": params}
	if params == nil {
		order["params"] = map[string]any{}
	}
	if b.session != "" {
		order["sessionId"] = b.session
	}
	data, err := json.Marshal(order)
	if err == nil {
		_, err = b.in.Write(append(data, 0))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	m := b.hear(func(m message) bool { return m.ID == b.last })
	if m.Error != nil {
		b.t.Fatalf("%s: %s", method, m.Error.Message)
	}
	if into != nil {
		if err := json.Unmarshal(m.Result, into); err != nil {
			b.t.Fatal(err)
		}
	}
}

// hear reads until a message comes; the browser's time ends the wait.
func (b *browser) hear(wanted func(message) bool) message {
	b.t.Helper()
	for {
		data, err := b.out.ReadBytes(0)
		var m message
		if err == nil {
			err = json.Unmarshal(data[:len(data)-1], &m)
		}
		if err != nil {
			b.t.Fatal("the browser hung up: ", err)
		}
		if wanted(m) {
			return m
		}
	}
}

func (b *browser) loaded() {
	b.t.Helper()
	b.hear(func(m message) bool { return m.Method == "Page.loadEventFired" })
}

func (b *browser) open(url string) {
	b.t.Helper()
	b.do("Page.navigate", map[string]any{"url": url}, nil)
	b.loaded()
}

// size makes the window so large, on a telephone or not, in the light or in the dark.
func (b *browser) size(width, height int, scheme string) {
	b.t.Helper()
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// box is where an element stands: left, top, width, height. It may lie below the window.
func (b *browser) box(selector string) (x, y, w, h float64) {
	b.t.Helper()
	var doc struct{ Root struct{ NodeID int } }
	var node struct{ NodeID int }
	var found struct {
		Model struct {
			Border        []float64
			Width, Height float64
		}
	}
	b.do("DOM.getDocument", nil, &doc)
	b.do("DOM.querySelector", map[string]any{"nodeId": doc.Root.NodeID, "selector": selector}, &node)
	if node.NodeID == 0 {
		b.t.Fatalf("the page has no %s", selector)
	}
	b.do("DOM.scrollIntoViewIfNeeded", map[string]any{"nodeId": node.NodeID}, nil)
	b.do("DOM.getBoxModel", map[string]any{"nodeId": node.NodeID}, &found)
	return found.Model.Border[0], found.Model.Border[1], found.Model.Width, found.Model.Height
}

// press clicks on an element, with the mouse.
func (b *browser) press(selector string) {
	b.t.Helper()
	x, y, w, h := b.box(selector)
	for _, what := range []string{"mousePressed", "mouseReleased"} {
		b.do("Input.dispatchMouseEvent", map[string]any{"type": what, "x": x + w/2, "y": y + h/2, "button": "left", "clickCount": 1}, nil)
	}
}

// text is the page's HTML.
func (b *browser) text() string {
	b.t.Helper()
	var doc struct{ Root struct{ NodeID int } }
	var html struct{ OuterHTML string }
	b.do("DOM.getDocument", nil, &doc)
	b.do("DOM.getOuterHTML", map[string]any{"nodeId": doc.Root.NodeID}, &html)
	return html.OuterHTML
}

// wide is how wide the page wants to be.
func (b *browser) wide() float64 {
	b.t.Helper()
	var m struct {
		CSSContentSize struct{ Width, Height float64 }
	}
	b.do("Page.getLayoutMetrics", nil, &m)
	return m.CSSContentSize.Width
}

// picture takes one of the whole page, and keeps it where SPAREKEY_PICTURES says.
func (b *browser) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("SPAREKEY_PICTURES")
	if folder == "" {
		return
	}
	var shot struct{ Data string }
	b.do("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestThePageInARealBrowser with script off: it fits a small telephone, and its button does what it says.
func TestThePageInARealBrowser(t *testing.T) {
	web := openBrowser(t)
	long := func(ctx context.Context) (app.Organisation, error) {
		o, err := harbour(ctx)
		o.Name, o.HelpDesk.Link = strings.Repeat("Donaudampfschifffahrt", 3), "https://help.harbour.example/"+strings.Repeat("long", 30)
		return o, err
	}
	for name, of := range map[string]func(context.Context) (app.Organisation, error){"": harbour, "-long": long} {
		for _, at := range []struct {
			width, height int
			scheme        string
		}{{320, 640, "light"}, {320, 640, "dark"}, {1024, 700, "light"}, {1024, 700, "dark"}} {
			web.size(at.width, at.height, at.scheme)
			b := newBook()
			h := httptest.NewServer(handler(pages(t, b, of)))
			look := func(what string) {
				if wide := web.wide(); wide > float64(at.width) {
					t.Errorf("%s%s is %v pixels wide in a window of %d", what, name, wide, at.width)
				}
				web.picture(fmt.Sprintf("%s%s-%d-%s", what, name, at.width, at.scheme))
			}
			web.open(h.URL + app.ObjectionPath + "good")
			look("ask")
			if x, _, w, tall := web.box("button"); tall < 44 || x < 0 || x+w > float64(at.width) {
				t.Errorf("the button is %v by %v, at %v", w, tall, x)
			}
			if b.acts != 0 {
				t.Fatal("the page did something by itself")
			}
			web.press("button")
			web.loaded()
			if !strings.Contains(web.text(), words.Text("notme.done.title")) || b.acts != 1 {
				t.Fatalf("pressed the button: %d times, %s", b.acts, web.text())
			}
			look("done")
			web.open(h.URL + app.ObjectionPath + "good")
			look("again")
			web.open(h.URL + app.ObjectionPath + "nothing")
			look("none")
			h.Close()
		}
	}
}
