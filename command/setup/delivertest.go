package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/methods/sms"
)

// DeliveryTest says what to send, by the settings of a server.
type DeliveryTest struct {
	Config  string // server.toml
	Channel app.Kind
	To      string // a mail address, or a number as E.164 has it
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

// TestDelivery sends a message by each provider of the channel that server.toml names, and tells each step as it ends. It gives how
// many providers took it, and how many there are. The error says that the settings are wrong.
func TestDelivery(ctx context.Context, d DeliveryTest, tell func(DeliveryFinding)) (taken, all int, err error) {
	country := ""
	if d.Channel == app.KindSMS {
		if d.To, country, err = sms.Number(d.To); err != nil {
			return 0, 0, errors.New(words.Text("deliver.number"))
		}
	}
	plan, err := PlanBeside(d.Config)
	if err != nil {
		return 0, 0, err
	}
	with, err := plan.surroundings(systemClock{}, func(context.Context) (app.Organisation, error) { return plan.organisation(), nil })
	if err != nil {
		return 0, 0, err
	}
	for _, c := range plan.carriers {
		if c.channel != d.Channel {
			continue
		}
		providers, err := c.open(with)
		if err != nil {
			return 0, 0, err
		}
		for _, p := range providers {
			all++
			timed, cancel := context.WithTimeout(ctx, max(c.time, c.test))
			if p.Examine(timed, testMessage(d, country), func(f examine.Finding) { tell(stepInWords(p.Name(), f)) }) {
				taken++
			}
			cancel()
			if err := p.Close(); err != nil || ctx.Err() != nil {
				return taken, all, errors.Join(ctx.Err(), err)
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

// testMessage says that it is a test, and has no code.
func testMessage(d DeliveryTest, country string) app.Message {
	return app.Message{
		ID: "test-" + strings.ToLower(rand.Text()), Channel: d.Channel, To: d.To, Country: country, Template: app.MessageTest, At: time.Now(),
	}
}

// stepInWords says a finding.
func stepInWords(provider string, f examine.Finding) DeliveryFinding {
	values := words.Values{}
	for name, value := range f.Params {
		values[name] = value
	}
	step := "deliver.step." + f.Step
	said := DeliveryFinding{Provider: provider, Step: words.Text(step), About: f.About, Said: f.Said}
	if f.Remedy == "" {
		said.What = words.Text(step+".ok", values)
		return said
	}
	remedy := "deliver.remedy." + f.Remedy
	said.Failed, said.What, said.Do = true, words.Text(remedy), words.Text(remedy+".do")
	return said
}
