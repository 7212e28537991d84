package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/ask"
	"github.com/sparekey/sparekey/command/setup"
)

// conversation asks whoever sets a server up, question by question.
type conversation struct {
	t     *ask.Terminal
	draft *setup.Draft
	given map[string]string // answers that came as flags: they are tried, and asked for where they are wrong

	wrong string   // the question whose answer was wrong just now: it is not explained again
	asked []string // the questions that were asked, in their order: the way back
}

// back is what leads to the question before.
const back = "back"

// hold asks all, until they agree with the whole.
func (c *conversation) hold(ctx context.Context) error {
	c.t.Heading(words.Text("command.setup.welcome"))
	c.t.Faint("", words.Text("command.setup.manners", words.Values{"back": back}))
	answered := map[string]bool{}
	for {
		q := next(c.draft, answered)
		if q == nil {
			agreed, err := c.agree(ctx)
			if err != nil || agreed {
				return err
			}
			c.stepBack(answered)
			continue
		}
		given, was := c.given[q.Key]
		if !was {
			var err error
			if given, err = c.ask(ctx, *q); err != nil {
				return err
			}
		}
		if !was && given == back {
			c.stepBack(answered)
			continue
		}
		delete(c.given, q.Key) // asked for, once it was wrong
		c.take(ctx, *q, given, answered, was)
	}
}

// take tries an answer.
func (c *conversation) take(ctx context.Context, q setup.Question, given string, answered map[string]bool, was bool) {
	answer := c.draft.Answer
	if was {
		answer = c.draft.AnswerByFlag
	}
	notes, err := answer(ctx, q, given)
	if ctx.Err() != nil { // nobody waits for what was found
		return
	}
	for _, note := range notes {
		c.t.Note(note)
	}
	if c.wrong = ""; err == nil {
		answered[q.Key] = true
		if !was {
			c.asked = append(c.asked, q.Key)
		}
		return
	}
	said := err.Error()
	if was {
		said = "--" + q.Key + ": " + said
	}
	c.t.Wrong(said)
	var again setup.AgainError
	if errors.As(err, &again) {
		answered[again.Key] = false
		c.asked = slices.DeleteFunc(c.asked, func(key string) bool { return key == again.Key })
	} else if !was {
		c.wrong = q.Key
	}
}

// stepBack has the question before be asked again.
func (c *conversation) stepBack(answered map[string]bool) {
	if n := len(c.asked); n > 0 {
		answered[c.asked[n-1]] = false
		c.asked = c.asked[:n-1]
		return
	}
	c.t.Note(words.Text("command.setup.first_question"))
}

// ask asks one question, and gives the answer as it is tried.
func (c *conversation) ask(ctx context.Context, q setup.Question) (string, error) {
	suggested := q.Suggested
	if before := c.draft.Value(q.Key); before != "" { // asked again
		suggested = before
	}
	if c.wrong != q.Key {
		c.explain(q)
	}
	prompt := "> "
	switch {
	case suggested != "":
		prompt = "[" + numbered(q, suggested) + "] > "
	case q.Optional:
		prompt = "[" + words.Text("command.setup.none") + "] > "
	}
	if q.Secret {
		return c.t.ReadSecret(ctx, "> ")
	}
	typed, err := c.t.Read(ctx, prompt)
	switch {
	case err != nil:
		return "", err
	case typed == "":
		return suggested, nil
	case typed == "-" && q.Optional:
		return "", nil
	}
	return chosen(q, typed), nil
}

// explain shows a question.
func (c *conversation) explain(q setup.Question) {
	fmt.Fprintln(c.t)
	c.t.Heading(q.Title)
	if q.Help != "" {
		c.t.Faint("  ", q.Help)
	}
	for i, choice := range q.Choices {
		c.t.Text(fmt.Sprintf("  %d  ", i+1), choice.Words)
	}
}

// numbered writes answers among choices by their numbers.
func numbered(q setup.Question, answers string) string {
	return eachOf(q, answers, func(one string) string {
		if i := slices.IndexFunc(q.Choices, func(c setup.Choice) bool { return c.Value == one }); i >= 0 {
			return strconv.Itoa(i + 1)
		}
		return one
	})
}

// chosen writes answers among choices by what they are, whether they were typed so or by their numbers.
func chosen(q setup.Question, typed string) string {
	return eachOf(q, typed, func(one string) string {
		if n, err := strconv.Atoi(one); err == nil && n >= 1 && n <= len(q.Choices) {
			return q.Choices[n-1].Value
		}
		return one
	})
}

func eachOf(q setup.Question, text string, do func(string) string) string {
	if len(q.Choices) == 0 {
		return text
	}
	if !q.Several {
		return do(text)
	}
	var all []string
	for one := range strings.SplitSeq(text, ",") {
		all = append(all, do(strings.TrimSpace(one)))
	}
	return strings.Join(all, ", ")
}

// agree shows all answers, and asks whether to write them.
func (c *conversation) agree(ctx context.Context) (bool, error) {
	fmt.Fprintln(c.t)
	c.t.Heading(words.Text("command.setup.summary"))
	asked := c.draft.Questions()
	width := 0
	for _, q := range asked {
		width = max(width, len(q.Key))
	}
	for _, q := range asked {
		answer := c.draft.Value(q.Key)
		if q.Secret {
			answer = words.Text("command.setup.password_kept")
		}
		if answer != "" {
			c.t.Text(fmt.Sprintf("  %-*s  ", width, q.Key), answer)
		}
	}
	fmt.Fprintln(c.t)
	for {
		c.t.Heading(words.Text("command.setup.write", words.Values{"back": back}))
		typed, err := c.t.Read(ctx, "> ")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(typed) {
		case "yes", "y":
			return true, nil
		case "no", "n":
			return false, ask.ErrLeft
		case back:
			return false, nil
		}
	}
}
