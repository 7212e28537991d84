package gateway

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/delivery/receipt"
	"github.com/sparekey/sparekey/backend/port"
)

const receiptsAt = "https://reset.harbour.example/delivery/receipts/main"

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func mac(secret string, parts ...string) string {
	m := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		m.Write([]byte(p))
	}
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

func signTwilio(secret, body string, _ time.Time) http.Header {
	form, _ := url.ParseQuery(body)
	return header("X-Twilio-Signature", base64.StdEncoding.EncodeToString(twilioSignature(secret, receiptsAt, form))) // held against Twilio's own below
}

func signVonage(secret, body string, at time.Time) http.Header {
	encode := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(body))
	token := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		encode(fmt.Appendf(nil, `{"iat":%d,"jti":"c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5","iss":"Vonage","payload_hash":"%x","api_key":"a1b2c3d"}`, at.Unix(), sum))
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return header("Authorization", "Bearer "+token+"."+encode(m.Sum(nil)))
}

func signBird(secret, body string, at time.Time) http.Header {
	sum, stamp := sha256.Sum256([]byte(body)), strconv.FormatInt(at.Unix(), 10)
	return header("MessageBird-Request-Timestamp", stamp, "MessageBird-Signature", mac(secret, stamp, "\n", receiptsAt, "\n", string(sum[:])))
}

func signSinch(secret, body string, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return header("X-Sinch-Webhook-Signature-Timestamp", stamp, "X-Sinch-Webhook-Signature-Nonce", "01FJA8B4A7BM43YGWSG9GBV067",
		"X-Sinch-Webhook-Signature-Algorithm", "HmacSHA256", "X-Sinch-Webhook-Signature", mac(secret, body, ".01FJA8B4A7BM43YGWSG9GBV067.", stamp))
}

func signWebhook(secret, body string, at time.Time) http.Header {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	stamp := strconv.FormatInt(at.Unix(), 10)
	return header("webhook-id", "r-1", "webhook-timestamp", stamp, "webhook-signature", "v1,bm9uZQ== v1,"+mac(string(key), "r-1.", stamp, ".", body))
}

// sent are receipts as each kind documents them: one that arrived, one that did not, with its code, and one that is not final.
var sent = map[Kind]struct {
	sign                     func(secret, body string, at time.Time) http.Header
	arrived, failed, pending string
	id, reason               string
	stamped                  bool // it has a time
}{
	KindTwilio: {signTwilio,
		"MessageSid=SM01&SmsSid=SM01&MessageStatus=delivered&AccountSid=AC0123&To=%2B4915123456789&From=%2B15005550006&ApiVersion=2010-04-01",
		"MessageSid=SM01&SmsSid=SM01&MessageStatus=undelivered&ErrorCode=30003&AccountSid=AC0123&To=%2B4915123456789",
		"MessageSid=SM01&SmsSid=SM01&MessageStatus=sent&AccountSid=AC0123", "SM01", "30003", false},
	KindVonage: {signVonage,
		`{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","to":"4915123456789","from":"15005550006","timestamp":"2026-06-01T12:00:01Z","status":"delivered","client_ref":"m-1","channel":"sms"}`,
		`{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","status":"rejected","error":{"type":"https://developer.vonage.com/api-errors/messages#1240","title":1240,"detail":"Illegal Number - rejected: 4915123456789"}}`,
		`{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","status":"submitted"}`, "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", "1240", true},
	KindBird: {signBird,
		`{"service":"channels","event":"sms.outbound","payload":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"delivered"}}`,
		`{"service":"channels","event":"sms.outbound","payload":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"delivery_failed","reason":"the phone +4915123456789 is off"}}`,
		`{"service":"channels","event":"sms.outbound","payload":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"sent"}}`, "3fa85f64-5717-4562-b3fc-2c963f66afa6", "delivery_failed", true},
	KindSinch: {signSinch,
		`{"type":"recipient_delivery_report_sms","batch_id":"01FC66621","recipient":"4915123456789","code":0,"status":"Delivered","at":"2026-06-01T12:00:01Z"}`,
		`{"type":"recipient_delivery_report_sms","batch_id":"01FC66621","recipient":"4915123456789","code":402,"status":"Aborted","at":"2026-06-01T12:00:01Z"}`,
		`{"type":"recipient_delivery_report_sms","batch_id":"01FC66621","code":0,"status":"Dispatched"}`, "01FC66621", "402", true},
	KindWebhook: {signWebhook,
		`{"type":"text.receipt","id":"T-2041","arrived":true}`, `{"type":"text.receipt","id":"T-2041","arrived":false,"reason":"off"}`, "", "T-2041", "off", true},
}

func receiving(t *testing.T, k Kind) (*Gateway, *clock, string) {
	t.Helper()
	secret := canarySecret
	if k == KindWebhook {
		secret = webhookKeyed
	}
	g, at := settled(t, k, gatewaytest.New(t, string(k)), func(c *Config) {
		c.Receipts, c.ReceiptSecret = receiptsAt, func() (app.Secret, error) { return app.NewSecret(secret), nil }
	})
	return g, at, secret
}

// TestReceiptsOfEachKind are read where the provider signed them, and else not.
func TestReceiptsOfEachKind(t *testing.T) {
	for k, row := range sent {
		g, at, secret := receiving(t, k)
		read := func(secret, body string) ([]port.Receipt, error) {
			return g.ReadReceipts("", row.sign(secret, body, at.Now()), []byte(body))
		}
		all, err := read(secret, row.arrived)
		if err != nil || len(all) != 1 || all[0] != (port.Receipt{Provider: g.Name(), ID: row.id, Message: all[0].Message, Arrived: true}) {
			t.Errorf("%s: %+v, %v", k, all, err)
		}
		all, err = read(secret, row.failed)
		if err != nil || len(all) != 1 || all[0] != (port.Receipt{Provider: g.Name(), ID: row.id, Message: all[0].Message, Reason: row.reason}) {
			t.Errorf("%s: %+v, %v", k, all, err)
		}
		if row.pending != "" {
			if all, err = read(secret, row.pending); err != nil || len(all) != 0 {
				t.Errorf("%s: what is under way is told: %+v, %v", k, all, err)
			}
		}
		if _, err = read(secret, "hello"); !errors.Is(err, receipt.ErrNone) && !errors.Is(err, receipt.ErrNotSigned) {
			t.Errorf("%s: what is none: %v", k, err)
		}
		other := "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI="
		if _, err = read(other, row.arrived); !errors.Is(err, receipt.ErrNotSigned) {
			t.Errorf("%s: another secret: %v", k, err)
		}
		header := row.sign(secret, row.failed, at.Now())
		if _, err = g.ReadReceipts("", header, []byte(row.arrived)); !errors.Is(err, receipt.ErrNotSigned) {
			t.Errorf("%s: another body: %v", k, err)
		}
		if _, err = g.ReadReceipts("", http.Header{}, []byte(row.arrived)); !errors.Is(err, receipt.ErrNotSigned) {
			t.Errorf("%s: no signature: %v", k, err)
		}
		if row.stamped {
			header = row.sign(secret, row.arrived, at.Now())
			at.move(26 * time.Hour)
			if _, err = g.ReadReceipts("", header, []byte(row.arrived)); !errors.Is(err, receipt.ErrNotSigned) {
				t.Errorf("%s: one of yesterday: %v", k, err)
			}
			at.move(-27 * time.Hour)
			if _, err = g.ReadReceipts("", header, []byte(row.arrived)); !errors.Is(err, receipt.ErrNotSigned) {
				t.Errorf("%s: one of tomorrow: %v", k, err)
			}
		}
	}
	for _, k := range Kinds() {
		if _, has := sent[k]; has != SendsReceipts(k) {
			t.Errorf("%s: receipts are sent: %v, and tested: %v", k, SendsReceipts(k), has)
		}
	}
}

// TestAReceiptNamesItsMessage where its provider tells that, so that a text is known whose answer was lost; what is under way says then
// that it was taken.
func TestAReceiptNamesItsMessage(t *testing.T) {
	rows := map[Kind]struct{ arrived, taken string }{
		KindTwilio: {"MessageSid=SM01&MessageStatus=delivered", "MessageSid=SM01&MessageStatus=sent"},
		KindVonage: {`{"message_uuid":"SM01","client_ref":"m-1","status":"delivered"}`, `{"message_uuid":"SM01","client_ref":"m-1","status":"submitted"}`},
		KindBird: {`{"service":"channels","event":"sms.outbound","payload":{"id":"SM01","reference":"m-1","status":"delivered"}}`,
			`{"service":"channels","event":"sms.outbound","payload":{"id":"SM01","reference":"m-1","status":"accepted"}}`},
		KindSinch: {`{"batch_id":"SM01","client_reference":"m-1","status":"Delivered"}`, `{"batch_id":"SM01","client_reference":"m-1","status":"Dispatched"}`},
	}
	for k, d := range dialects {
		if _, tested := rows[k]; d.named != tested {
			t.Errorf("%s: receipts name the message: %v, and that is tested: %v", k, d.named, tested)
		}
	}
	for k, row := range rows {
		g, at, secret := receiving(t, k)
		for body, want := range map[string]port.Receipt{
			row.arrived: {Provider: g.Name(), ID: "SM01", Message: "m-1", Arrived: true}, row.taken: {Provider: g.Name(), ID: "SM01", Message: "m-1", Taken: true},
		} {
			about, signed := "", sent[k].sign(secret, body, at.Now())
			if k == KindTwilio { // it signs the address, which has the ID
				form, _ := url.ParseQuery(body)
				about, signed = "m-1", header("X-Twilio-Signature", base64.StdEncoding.EncodeToString(twilioSignature(secret, receiptsAt+".m-1", form)))
				if _, err := g.ReadReceipts("m-2", signed, []byte(body)); !errors.Is(err, receipt.ErrNotSigned) {
					t.Errorf("for another message: %v", err)
				}
			}
			if all, err := g.ReadReceipts(about, signed, []byte(body)); err != nil || len(all) != 1 || all[0] != want {
				t.Errorf("%s: %+v, %v", k, all, err)
			}
		}
	}
}

// TestAReceiptIsAwaitedWhereItCanCome: after an answer that was lost, from a provider whose receipts name the message.
func TestAReceiptIsAwaitedWhereItCanCome(t *testing.T) {
	for _, k := range []Kind{KindTwilio, KindVonage, KindBird, KindSinch, KindWebhook} {
		for _, takes := range []bool{true, false} {
			p := gatewaytest.New(t, string(k))
			g, _ := settled(t, k, p, func(c *Config) {
				if takes {
					c.Receipts, c.ReceiptSecret = receiptsAt, c.Secret
				}
			})
			p.Does(gatewaytest.Cut)
			a, err := carried(t, g, message())
			if want := takes && k != KindWebhook; !errors.Is(err, port.ErrUnanswered) || a.Awaited != want {
				t.Errorf("%s, takes receipts: %v: %+v, %v", k, takes, a, err)
			}
			p.Does(answering(500, ""))
			if a, _ := carried(t, g, message()); a.Awaited {
				t.Errorf("%s: a refusal is awaited", k)
			}
			if g.Knows() != (k == KindWebhook) {
				t.Errorf("%s: knows what comes again: %v", k, g.Knows())
			}
		}
	}
}

// TestAReceiptForNobody is none: without its secret nothing is believed.
func TestAReceiptForNobody(t *testing.T) {
	g, at := settled(t, KindSinch, gatewaytest.New(t, "sinch"))
	row := sent[KindSinch]
	if _, err := g.ReadReceipts("", row.sign("", row.arrived, at.Now()), []byte(row.arrived)); !errors.Is(err, receipt.ErrNotSigned) {
		t.Errorf("%v", err)
	}
	if g.ReceiptName() != "" {
		t.Errorf("it has the name %q", g.ReceiptName())
	}
}

// TestATokenOfAnotherAlgorithm is refused, however it is signed.
func TestATokenOfAnotherAlgorithm(t *testing.T) {
	g, at, _ := receiving(t, KindVonage)
	body := sent[KindVonage].arrived
	sum := sha256.Sum256([]byte(body))
	encode := base64.RawURLEncoding.EncodeToString
	for _, alg := range []string{"none", "HS512", "RS256"} {
		token := encode([]byte(`{"alg":"`+alg+`","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil, `{"iat":%d,"payload_hash":"%x"}`, at.Now().Unix(), sum)) + "."
		if _, err := g.ReadReceipts("", header("Authorization", "Bearer "+token), []byte(body)); !errors.Is(err, receipt.ErrNotSigned) {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

// TestTwilioSignsAsItsDocumentationShows.
func TestTwilioSignsAsItsDocumentationShows(t *testing.T) {
	for caller, want := range map[string]string{"+14158675309": "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "+12349013030": "0/KCTR6DLpKmkAf8muzZqo1nDgQ="} {
		form := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {caller}, "Digits": {"1234"}, "From": {caller}, "To": {"+18005551212"}}
		got := base64.StdEncoding.EncodeToString(twilioSignature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form))
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestSinchSignsAsItsSDKShows.
func TestSinchSignsAsItsSDKShows(t *testing.T) {
	body := `{"app_id":"","accepted_time":"2021-10-18T17:49:13.813615Z","project_id":"e2df3a34-a71b-4448-9db5-a8d2baad28e4","contact_create_notification":{"contact":{"id":"01FJA8B466Y0R2GNXD78MD9SM1","channel_identities":[{"channel":"SMS","identity":"48123456789","app_id":""}],"display_name":"New Test Contact","email":"new.contact@email.com","external_id":"","metadata":"","language":"EN_US"}},"message_metadata":""}`
	got := base64.StdEncoding.EncodeToString(sinchSignature("foo_secret1234", "01FJA8B4A7BM43YGWSG9GBV067", "1634579353", []byte(body)))
	if want := "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestWebhooksAreSignedAsTheStandardShows.
func TestWebhooksAreSignedAsTheStandardShows(t *testing.T) {
	key, err := webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := base64.StdEncoding.EncodeToString(webhookSignature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`)))
	if want := "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!"} {
		if CheckWebhookKey(bad) == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}

// TestOpenSSLSignsTheSame: what the product computes, another program computes too.
func TestOpenSSLSignsTheSame(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is missing")
	}
	run := func(in []byte, args ...string) []byte {
		t.Helper()
		c := exec.CommandContext(t.Context(), openssl, args...)
		c.Stdin = bytes.NewReader(in)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	body := []byte(sent[KindBird].arrived)
	payload := append([]byte("1719823259\n"+receiptsAt+"\n"), run(body, "dgst", "-sha256", "-binary")...)
	if got := birdSignature("secret-key", "1719823259", receiptsAt, body); !bytes.Equal(got, run(payload, "dgst", "-sha256", "-hmac", "secret-key", "-binary")) {
		t.Errorf("bird: %x", got)
	}
	form, _ := url.ParseQuery(sent[KindTwilio].arrived)
	plain := receiptsAt + "AccountSidAC0123ApiVersion2010-04-01From+15005550006MessageSidSM01MessageStatusdeliveredSmsSidSM01To+4915123456789"
	if got := twilioSignature("secret-key", receiptsAt, form); !bytes.Equal(got, run([]byte(plain), "dgst", "-sha1", "-hmac", "secret-key", "-binary")) {
		t.Errorf("twilio: %x", got)
	}
}

// TestRequestsToAWSAreSigned as Signature Version 4 has it, by a reckoning of the test that agrees with AWS's published vector.
func TestRequestsToAWSAreSigned(t *testing.T) {
	const published = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" // get-vanilla of AWS's suite
	vanilla := signatureV4("GET", "/", "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n", "host;x-amz-date", "",
		"20150830T123600Z", "us-east-1", "service", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	if vanilla != published {
		t.Fatalf("the reckoning is wrong: %s", vanilla)
	}
	p := gatewaytest.New(t, "sns")
	g, _ := settled(t, KindSNS, p)
	if _, err := carried(t, g, message()); err != nil {
		t.Fatal(err)
	}
	r := p.Asked()[0]
	host := strings.TrimPrefix(p.URL, "https://")
	headers := "content-length:" + strconv.Itoa(len(r.Body)) + "\ncontent-type:application/x-www-form-urlencoded\nhost:" + host + "\nx-amz-date:20260601T120000Z\n"
	want := "AWS4-HMAC-SHA256 Credential=AC0123/20260601/eu-west-1/sns/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date, Signature=" +
		signatureV4("POST", "/", headers, "content-length;content-type;host;x-amz-date", r.Body, "20260601T120000Z", "eu-west-1", "sns", canarySecret)
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// signatureV4 reckons a signature (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
func signatureV4(method, path, headers, names, body, at, region, service, secret string) string {
	sum := func(text string) string { s := sha256.Sum256([]byte(text)); return hex.EncodeToString(s[:]) }
	sign := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	scope := at[:8] + "/" + region + "/" + service + "/aws4_request"
	request := method + "\n" + path + "\n\n" + headers + "\n" + names + "\n" + sum(body)
	key := sign(sign(sign(sign([]byte("AWS4"+secret), at[:8]), region), service), "aws4_request")
	return hex.EncodeToString(sign(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+sum(request)))
}
