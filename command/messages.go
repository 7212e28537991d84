package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

type messagesCommand struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	JSON   bool   `name:"json" help:"Print them as JSON."`
	targetFlags
}

func (c *messagesCommand) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		all, err := admin.Messages.MessagesOf(ctx, c.UserID)
		if err != nil {
			return messageProblem(err)
		}
		if c.JSON {
			return printMessagesJSON(p.Out, all)
		}
		return printMessages(p.Out, all)
	})
}

// printMessages prints a line for each.
func printMessages(out io.Writer, all []app.MessageTrace) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, words.Text("command.messages.none"))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, words.Text("command.messages.columns"))
	for _, m := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", second(m.At), visible(string(m.Channel)), visible(string(m.Template)),
			outcomeOf(m.Delivery), visible(m.Provider), visible(m.Receipt), visible(beyond(m)))
	}
	return table.Flush()
}

// beyond is what providers said beyond having taken a message, and that it arrived.
func beyond(m app.MessageTrace) string {
	var rest []string
	for _, said := range m.Said {
		if m.Receipt == "" || !strings.HasSuffix(said, m.Receipt) || m.Delivery == app.DeliveryUndelivered {
			rest = append(rest, said)
		}
	}
	return strings.Join(rest, "; ")
}

// second is a time as a log has it, in this computer's zone.
func second(t time.Time) string { return t.Local().Format(time.DateTime) }

// outcomes say what became of a message.
var outcomes = map[app.Delivery]string{
	app.DeliveryOnItsWay: "command.messages.on_its_way", app.DeliveryLate: "command.messages.late", app.DeliveryTaken: "command.messages.taken",
	app.DeliveryArrived: "command.messages.arrived", app.DeliveryUndelivered: "command.messages.undelivered",
	app.DeliveryGivenUp: "command.messages.given_up",
}

func outcomeOf(d app.Delivery) string {
	if key, known := outcomes[d]; known {
		return words.Text(key)
	}
	return visible(string(d)) // a newer server's
}

// messageLine is one message in JSON.
type messageLine struct {
	At       time.Time `json:"at"`
	Channel  string    `json:"channel"`
	Template string    `json:"template"`
	Outcome  string    `json:"outcome"`
	Provider string    `json:"provider,omitempty"`
	Receipt  string    `json:"receipt,omitempty"`
	Said     []string  `json:"said,omitempty"`
	Message  string    `json:"message,omitempty"`
	Flow     string    `json:"flow,omitempty"`
}

func printMessagesJSON(out io.Writer, all []app.MessageTrace) error {
	lines := make([]messageLine, len(all))
	for i, m := range all {
		lines[i] = messageLine{
			At: m.At.UTC(), Channel: string(m.Channel), Template: string(m.Template), Outcome: string(m.Delivery), Provider: m.Provider,
			Receipt: m.Receipt, Said: m.Said, Message: m.ID, Flow: string(m.Flow),
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(lines)
}

// messageProblem says why there is nothing to tell.
func messageProblem(err error) error {
	switch app.CodeOf(err) {
	case app.CodeUnknown:
		return errors.New(words.Text("command.pass.unknown_account"))
	case app.CodeBadUserID:
		return errors.New(words.Text("command.pass.user_id_malformed"))
	case app.CodeUnavailable:
		return withCause(words.Text("command.pass.dependency_down"), err)
	}
	return err
}
