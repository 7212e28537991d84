package setup

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/mail"
)

// DeliveryTest says what to send, by the settings of a server.
type DeliveryTest struct {
	Config string // server.toml
	To     string // a mail address
}

// DeliveryFinding is what one step found, in words.
type DeliveryFinding struct {
	Provider string
	Step     string
	About    string
	What     string // what was found
	Said     string // in the peer's own words
	Do       string // what helps; empty where all is well
	Failed   bool
}

// TestDelivery sends a mail by each relay that server.toml names, and tells each step as it ends. It gives how many relays took it,
// and how many there are. The error says that the settings are wrong.
func TestDelivery(ctx context.Context, d DeliveryTest, tell func(DeliveryFinding)) (taken, all int, err error) {
	plan, err := PlanBeside(d.Config)
	if err != nil {
		return 0, 0, err
	}
	letters, err := plan.letters(func(context.Context) (app.Organisation, error) { return plan.organisation(), nil })
	if err != nil {
		return 0, 0, err
	}
	for _, b := range plan.mails {
		relays, err := plan.relays(b, letters.Write)
		if err != nil {
			return 0, 0, err
		}
		for _, r := range relays {
			all++
			timed, cancel := context.WithTimeout(ctx, b.Time)
			if r.Examine(timed, testMail(d.To), func(f mail.Finding) { tell(mailFindingInWords(r.Name(), f)) }) {
				taken++
			}
			cancel()
			if ctx.Err() != nil {
				return taken, all, ctx.Err()
			}
		}
	}
	return taken, all, nil
}

// organisation is who the policy's file says that it is.
func (p *ServerPlan) organisation() app.Organisation {
	o, h := p.policy.Policy.Organisation, p.policy.Policy.HelpDesk
	return app.Organisation{Name: o.Name, Colour: o.Colour, HelpDesk: app.HelpDesk{Name: h.Name, Phone: h.Phone, Hours: h.Hours, Link: h.Link}}
}

// testMail is a mail that says that it is a test, and has no code.
func testMail(to string) app.Message {
	return app.Message{ID: "test-" + strings.ToLower(rand.Text()), Channel: app.KindEmail, To: to, Template: app.MessageTest, At: time.Now()}
}

// mailFindingInWords says a finding.
func mailFindingInWords(relay string, f mail.Finding) DeliveryFinding {
	values := words.Values{}
	for name, value := range f.Params {
		values[name] = value
	}
	step := "deliver.step." + string(f.Step)
	said := DeliveryFinding{Provider: relay, Step: words.Text(step), About: f.About, Said: f.Said}
	if f.Failed == nil {
		said.What = words.Text(step+".ok", values)
		return said
	}
	remedy := "deliver.remedy." + string(f.Failed.Remedy())
	said.Failed, said.What, said.Do = true, words.Text(remedy), words.Text(remedy+".do")
	if f.Failed.Said != nil {
		said.Said = f.Failed.Said.Error()
	}
	return said
}
