package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type deliverCommands struct {
	Test deliverTest `cmd:"" help:"Send a test message, and show each step as it happens."`
}

type deliverTest struct {
	Email deliverEmail `cmd:"" help:"Send a mail by each server that the settings name: look up, connect, secure, sign in, hand over."`
	SMS   deliverSMS   `cmd:"" name:"sms" help:"Send a text by each provider that the settings name: look up, connect, secure, sign in, hand over, and what is said of it later."`
	Call  deliverCall  `cmd:"" help:"Call by each server that the settings name: look up, connect, secure, register, ring, speak. Pick up, and press a key."`
}

type deliverEmail struct {
	To string `arg:"" help:"Whom to write to." placeholder:"ADDRESS"`
	deliverBy
}

func (c *deliverEmail) run(ctx context.Context, p Program) error {
	return c.deliver(ctx, p, app.KindEmail, c.To)
}

type deliverSMS struct {
	To string `arg:"" help:"The number to write to, in international form: +4915123456789." placeholder:"NUMBER"`
	deliverBy
}

func (c *deliverSMS) run(ctx context.Context, p Program) error {
	return c.deliver(ctx, p, app.KindSMS, c.To)
}

type deliverCall struct {
	To string `arg:"" help:"The number to call, in international form: +493012345678." placeholder:"NUMBER"`
	deliverBy
}

func (c *deliverCall) run(ctx context.Context, p Program) error {
	return c.deliver(ctx, p, app.KindVoice, c.To)
}

// deliverBy says by which settings a test message goes, and how its way is told.
type deliverBy struct {
	Config string `help:"Settings of the server on this computer. Run it as root, who may read its secrets, or as its account." type:"path" default:"/etc/sparekey/server.toml" placeholder:"FILE"`
	JSON   bool   `help:"Print each finding as a line of JSON."`
}

// deliver sends a test message by each provider of the channel.
func (c *deliverBy) deliver(ctx context.Context, p Program, channel app.Kind, to string) error {
	before := ""
	tell := func(f setup.DeliveryFinding) {
		if c.JSON {
			e := json.NewEncoder(p.Out)
			e.SetEscapeHTML(false)
			_ = e.Encode(f)
			return
		}
		if f.Provider != before {
			fmt.Fprintf(p.Out, "%s\n", visible(f.Provider))
			before = f.Provider
		}
		printStep(p, f)
	}
	taken, all, err := setup.TestDelivery(ctx, setup.DeliveryTest{Config: c.Config, Channel: channel, To: to}, tell)
	switch {
	case err != nil:
		return err
	case all == 0:
		return errors.New(words.Text("deliver.none." + string(channel)))
	case taken < all:
		return errors.New(words.Plural("deliver.failed."+string(channel), all-taken, words.Values{"all": all}))
	}
	if !c.JSON {
		fmt.Fprintln(p.Out, words.Text("deliver.done."+string(channel)))
	}
	return nil
}

// printStep prints a step as it ends: what was done on a line of its own, what was said to it and what helps beneath.
func printStep(p Program, f setup.DeliveryFinding) {
	sign := "ok  "
	if f.Failed {
		sign = "FAIL"
	}
	if f.About != "" {
		f.About += ": "
	}
	fmt.Fprintf(p.Out, "  %s  %-10s %s%s.\n", sign, f.Step, visible(f.About), visible(f.What))
	if f.Said != "" {
		fmt.Fprintf(p.Out, "        %s\n", visible(words.Text("deliver.said", words.Values{"words": f.Said})))
	}
	if f.Do != "" {
		fmt.Fprintf(p.Out, "        %s.\n", visible(f.Do))
	}
}
