package entra

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/sparekey/sparekey/app"
)

// tokens draws the app's access tokens and keeps the last one, until it is nearly over or refused.
type tokens struct {
	config  Config
	at      endpoints
	client  *http.Client
	drawing chan struct{} // one at a time draws

	mu    sync.Mutex
	token string
	until time.Time
}

// early is how long before its end a token is no longer used.
const early = 2 * time.Minute

// get gives a token.
func (t *tokens) get(ctx context.Context) (string, error) {
	if token, ok := t.kept(); ok {
		return token, nil
	}
	select {
	case t.drawing <- struct{}{}:
		defer func() { <-t.drawing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if token, ok := t.kept(); ok { // another caller drew it
		return token, nil
	}
	drawn, err := t.draw(ctx)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.until = drawn.Token, drawn.ExpiresOn.Add(-early)
	return t.token, nil
}

func (t *tokens) kept() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token, t.token != "" && t.config.Clock.Now().Before(t.until)
}

// drop forgets a token that was refused.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}

// draw asks the cloud for a token: client credentials, proven by the certificate or the secret (RFC 6749, 4.4).
func (t *tokens) draw(ctx context.Context) (azcore.AccessToken, error) {
	by := &carrier{client: t.client}
	credential, err := t.credential(by)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.at.graph + "/.default"}})
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return azcore.AccessToken{}, ctx.Err()
	case by.lost != nil:
		return azcore.AccessToken{}, fmt.Errorf("no token for the app: %w", by.lost)
	}
	return azcore.AccessToken{}, fmt.Errorf("no token for the app: %s", reason(err))
}

// credential reads the certificate or the secret. It retries nothing: whoever waits has a time limit of their own.
func (t *tokens) credential(by *carrier) (azcore.TokenCredential, error) {
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: t.at.login},
		Retry:     policy.RetryOptions{MaxRetries: -1},
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Transport: by,
	}
	if t.config.Secret != nil {
		secret, err := t.config.Secret()
		if err != nil || secret.Empty() {
			return nil, errors.Join(errors.New("the client secret can't be read"), err)
		}
		c, err := azidentity.NewClientSecretCredential(t.config.Tenant, t.config.Client, secret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		if err != nil {
			return nil, errors.New("the tenant, the application or the client secret is malformed")
		}
		return c, nil
	}
	pem, err := t.config.Certificate()
	if err != nil || pem.Empty() {
		return nil, errors.Join(errors.New("the certificate can't be read"), err)
	}
	certificates, key, err := ReadCertificate(pem)
	if err != nil {
		return nil, fmt.Errorf("the certificate can't be used: %w", err)
	}
	c, err := azidentity.NewClientCertificateCredential(t.config.Tenant, t.config.Client, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		return nil, errors.New("the tenant, the application or the certificate is malformed, or its key is not RSA")
	}
	return c, nil
}

// ReadCertificate reads the app's certificate with its private key: PEM, or PKCS #12, without a password. The first certificate is the
// app's.
func ReadCertificate(file app.Secret) ([]*x509.Certificate, crypto.PrivateKey, error) {
	certificates, key, err := azidentity.ParseCertificates([]byte(file.Reveal()), nil)
	if err != nil {
		return nil, nil, errors.New("it must be a certificate with its private key, in PEM or PKCS #12 without a password")
	}
	if _, is := key.(*rsa.PrivateKey); !is {
		return nil, nil, errors.New("the key of the certificate must be an RSA key")
	}
	return certificates, key, nil
}

// aadsts is the number by which the cloud says why it gives no token.
var aadsts = regexp.MustCompile(`AADSTS\d{3,8}`)

// reason is what of an error may be logged: an answer's whole body may hold more.
func reason(err error) string {
	if code := aadsts.FindString(err.Error()); code != "" {
		return "the cloud refused it with " + code
	}
	return "the cloud's answer was none that could be read"
}

// carrier carries the requests for one token, and keeps why there was no answer.
type carrier struct {
	client *http.Client
	lost   error
}

// Do implements policy.Transporter.
func (c *carrier) Do(r *http.Request) (*http.Response, error) {
	response, err := c.client.Do(r)
	if err != nil {
		c.lost = cause(err)
		return nil, err
	}
	response.Body = &bounded{ReadCloser: response.Body, left: maxBody}
	return response, nil
}

// maxBody is how much of an answer is read at most.
const maxBody = 4 << 20

var errTooLarge = errors.New("the answer is too large")

// bounded is a body that ends in errTooLarge.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
