package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// sns is Amazon Simple Notification Service: its action Publish, to a number (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
// It tells CloudWatch alone what became of a text.
var sns = dialect{
	home:  func(c Config) string { return "https://sns." + c.Region + ".amazonaws.com" },
	needs: []string{"user", "region"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		form := url.Values{"Action": {"Publish"}, "Version": {"2010-03-31"}, "PhoneNumber": {t.to}, "Message": {t.words}}
		attributes := [][2]string{{"AWS.SNS.SMS.SMSType", "Transactional"}}
		switch {
		case Number(g.config.From):
			attributes = append(attributes, [2]string{"AWS.MM.SMS.OriginationNumber", g.config.From})
		case g.config.From != "":
			attributes = append(attributes, [2]string{"AWS.SNS.SMS.SenderID", g.config.From})
		}
		for i, a := range attributes {
			entry := "MessageAttributes.entry." + strconv.Itoa(i+1)
			form.Set(entry+".Name", a[0])
			form.Set(entry+".Value.DataType", "String")
			form.Set(entry+".Value.StringValue", a[1])
		}
		r, err := postForm(strings.TrimRight(g.at.String(), "/")+"/", form)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(form.Encode()))
		who := aws.Credentials{AccessKeyID: g.config.User, SecretAccessKey: secret}
		return r, v4.NewSigner().SignHTTP(r.Context(), who, r, hex.EncodeToString(sum[:]), "sns", g.config.Region, g.config.Clock.Now())
	},
	receipt: func(_ *Gateway, _ text, a answer) (string, error) {
		var said struct {
			XMLName xml.Name `xml:"PublishResponse"`
			ID      string   `xml:"PublishResult>MessageId"`
		}
		if xml.Unmarshal(a.body, &said) != nil || said.ID == "" {
			return "", errUnreadable
		}
		return said.ID, nil
	},
	refusal: func(a answer) refusal {
		var said struct {
			XMLName xml.Name `xml:"ErrorResponse"`
			Code    string   `xml:"Error>Code"`
			Message string   `xml:"Error>Message"`
		}
		if xml.Unmarshal(a.body, &said) != nil {
			return refusal{}
		}
		r := refusal{code: said.Code, said: said.Message, kind: snsCodes.of(said.Code)}
		if said.Code == "InvalidParameter" && strings.Contains(said.Message, "PhoneNumber") {
			r.kind = theNumbers
		}
		return r
	},
}

// snsCodes are those of Publish, and of each action of AWS, that say more than their status.
var snsCodes = judged{
	"OptedOut":                   theNumbers, // its owner answered STOP
	"InvalidParameterValue":      theMessages,
	"Throttled":                  theProviders,
	"Throttling":                 theProviders,
	"ThrottlingException":        theProviders,
	"RequestExpired":             theProviders, // this computer's clock is off
	"IncompleteSignature":        theProviders,
	"MissingAuthenticationToken": theProviders,
	"AuthorizationError":         theProviders,
	"InvalidSecurity":            theProviders,
}
