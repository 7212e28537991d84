package setup

import (
	"context"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/gateway"
	"github.com/sparekey/sparekey/methods/sms"
)

// Who carries texts: a provider, and the account there. A text is sent only where somebody says whom to: no API tells whether an account is
// good without one.

// The keys of the answers about that.
const (
	askTexts        = "texts"
	askTextEndpoint = "text-endpoint"
	askTextUser     = "text-user"
	askTextService  = "text-service"
	askTextRegion   = "text-region"
	askTextFrom     = "text-from"
	askTextSecret   = "text-secret-file"
	askTextTest     = "text-test"
)

// noTexts is the choice of nobody.
const noTexts = "none"

// firstGateways are the kinds that can be set up, in the order in which they are offered. One that settings describe takes more than
// questions.
var firstGateways = []gateway.Kind{gateway.KindTwilio, gateway.KindVonage, gateway.KindBird, gateway.KindSinch, gateway.KindSNS, gateway.KindWebhook}

func carriesTexts(d *Draft) bool {
	return slices.Contains(firstGateways, gateway.Kind(d.answers[askTexts]))
}

// textsBy reports whether texts go by one of some kinds.
func textsBy(kinds ...gateway.Kind) func(*Draft) bool {
	return func(d *Draft) bool { return slices.Contains(kinds, gateway.Kind(d.answers[askTexts])) }
}

func (d *Draft) textQuestions() []Question {
	choices := []Choice{{noTexts, words.Text("command.setup.texts_none")}}
	for _, k := range firstGateways {
		choices = append(choices, Choice{string(k), words.Text("command.setup.texts_" + string(k))})
	}
	kind := d.answers[askTexts]
	region := map[string]string{"sinch": "us"}[kind]
	service := words.Text("command.setup.text_service_bird")
	if kind == string(gateway.KindTwilio) {
		service = words.Text("command.setup.text_service_twilio")
	}
	account := ""
	if carriesTexts(d) && kind != string(gateway.KindWebhook) {
		account = words.Text("command.setup.text_user_" + kind)
	}
	named := textsBy(gateway.KindTwilio, gateway.KindVonage, gateway.KindSinch, gateway.KindSNS)
	return []Question{
		{Key: askTexts, Title: words.Text("command.setup.texts"), Help: words.Text("command.setup.texts_help"), Suggested: noTexts, Choices: choices},
		{Key: askTextEndpoint, Title: words.Text("command.setup.text_endpoint"), Help: words.Text("command.setup.text_endpoint_help"), asked: textsBy(gateway.KindWebhook), try: tryTexts("endpoint")},
		{Key: askTextUser, Title: words.Text("command.setup.text_user"), Help: account,
			asked: func(d *Draft) bool { return carriesTexts(d) && !textsBy(gateway.KindWebhook)(d) }, try: tryTexts("user")},
		{Key: askTextService, Title: words.Text("command.setup.text_service"), Help: service, Optional: kind == string(gateway.KindTwilio),
			asked: textsBy(gateway.KindTwilio, gateway.KindBird), try: tryTexts("service")},
		{Key: askTextRegion, Title: words.Text("command.setup.text_region"), Help: words.Text("command.setup.text_region_help"), Suggested: region,
			asked: textsBy(gateway.KindSNS, gateway.KindSinch), try: tryTexts("region")},
		{Key: askTextFrom, Title: words.Text("command.setup.text_from"), Help: words.Text("command.setup.text_from_help"),
			Optional: kind == string(gateway.KindSNS) || d.answers[askTextService] != "", asked: named, try: tryTexts("from")},
		{Key: askTextSecret, Title: words.Text("command.setup.text_secret"), Help: words.Text("command.setup.text_secret_help"), Secret: true, asked: carriesTexts, try: tryTextSecret},
		{Key: askTextTest, Title: words.Text("command.setup.text_test"), Help: words.Text("command.setup.test_help"), Optional: true, asked: carriesTexts,
			after: askTextSecret, try: tryTextTest},
	}
}

// textSettings are those of the provider; its secret is named by its file.
func (d *Draft) textSettings(s *TextSettings) {
	if !carriesTexts(d) {
		return
	}
	value := func(ask string, asked func(*Draft) bool) string {
		if asked(d) {
			return d.answers[ask]
		}
		return ""
	}
	s.Kind, s.Secret = d.answers[askTexts], d.keptSecret(askTextSecret)
	s.Endpoint = value(askTextEndpoint, textsBy(gateway.KindWebhook))
	s.Service = value(askTextService, textsBy(gateway.KindTwilio, gateway.KindBird))
	s.Region = value(askTextRegion, textsBy(gateway.KindSNS, gateway.KindSinch))
	if !textsBy(gateway.KindWebhook)(d) {
		s.User = d.answers[askTextUser]
	}
	if !textsBy(gateway.KindWebhook, gateway.KindBird)(d) {
		s.From = d.answers[askTextFrom]
	}
}

// tryTexts holds an answer against the checks of a server's start.
func tryTexts(setting string) func(context.Context, *Draft) ([]string, error) {
	return func(_ context.Context, d *Draft) ([]string, error) {
		return nil, d.wrong((*planner).checkTexts, "delivery.text."+setting)
	}
}

func tryTextSecret(_ context.Context, d *Draft) ([]string, error) {
	if file := d.secretFile(askTextSecret); exists(file) {
		return nil, AgainError{askKeys, app.NewProblem("", "never_replaced", "file", file)}
	}
	if textsBy(gateway.KindWebhook)(d) && gateway.CheckWebhookKey(d.secrets[askTextSecret].Reveal()) != nil {
		return nil, app.NewProblem("", "gateway_key")
	}
	return nil, nil
}

// tryTextTest sends a text.
func tryTextTest(ctx context.Context, d *Draft) ([]string, error) {
	number, country, err := sms.Number(d.answers[askTextTest])
	if err != nil {
		return nil, app.NewProblem("", "number", "is", d.answers[askTextTest])
	}
	test := testMessage(DeliveryTest{Channel: app.KindSMS, To: number}, country)
	open := func(p *ServerPlan, with surroundings) ([]examine.Provider, error) {
		s := p.settings.Delivery.Text
		return textKinds[s.Kind].open(p, textBlock{TextSettings: s, block: block{key: "delivery.text"}}, with)
	}
	return d.tryCarriers(ctx, open, func(timed context.Context, p examine.Provider, tell func(examine.Finding)) bool {
		return p.Examine(timed, test, tell)
	})
}
