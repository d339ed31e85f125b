package sts

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// Endpoint is where STS is, whatever the region of a role.
const Endpoint = "https://sts.aliyuncs.com"

// Client makes [Source]s. It is safe for concurrent use.
type Client struct {
	endpoint url.URL
	http     *http.Client
	metadata string
	direct   *http.Client
}

// Grant is a key that was given out.
type Grant struct {
	Key rpc.Key
	// Lifetime is how long the key holds, from when it was given out; 0 is for ever.
	Lifetime time.Duration
}

// Source gets a key, anew each time. Its errors are of type [Error].
type Source func(ctx context.Context) (Grant, error)

// Role is a RAM role, and how to assume it.
type Role struct {
	// ARN such as acs:ram::1234567890123456:role/name.
	ARN string
	// SessionName shows in the audit log of whom the role belongs to.
	SessionName string
	// ExternalID is what the role's trust policy may ask for; empty is none.
	ExternalID string
	// Duration of a session: from 15 minutes to what the role allows.
	Duration time.Duration
	// Policy narrows what the role may, in JSON; empty does not.
	Policy string
}

// New returns a client of STS at endpoint (scheme and host). The innermost transport of httpClient must be an
// [rpc.Signer]. metadata is the URL of the metadata service, [MetadataService] but in tests; it is reached without a
// proxy, as it is no other machine.
func New(endpoint *url.URL, httpClient *http.Client, metadata string) *Client {
	own := *httpClient
	own.CheckRedirect = noRedirect
	return &Client{
		endpoint: url.URL{Scheme: endpoint.Scheme, Host: endpoint.Host, Path: "/"},
		http:     &own,
		metadata: metadata,
		direct: &http.Client{
			Timeout:       2 * time.Second,
			CheckRedirect: noRedirect,
			Transport: &http.Transport{
				DialContext:       (&net.Dialer{Timeout: time.Second}).DialContext,
				DisableKeepAlives: true, // it is asked once an hour
			},
		},
	}
}

// noRedirect follows none: it would carry keys to whom it redirects to.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Fixed is the source of a key that holds for ever.
func Fixed(key rpc.Key) Source {
	return func(context.Context) (Grant, error) { return Grant{Key: key}, nil }
}

// AssumeRole is the operation of this name: a session of the role for whoever has the source's key.
func (c *Client) AssumeRole(as Source, role Role) Source {
	return func(ctx context.Context) (Grant, error) {
		who, err := as(ctx)
		if err != nil {
			return Grant{}, err
		}
		return c.call(rpc.Sign(ctx, who.Key), "AssumeRole", role.form())
	}
}

func (r Role) form() url.Values {
	form := url.Values{
		"RoleArn":         {r.ARN},
		"RoleSessionName": {r.SessionName},
		"DurationSeconds": {strconv.Itoa(int(r.Duration / time.Second))},
	}
	if r.ExternalID != "" {
		form.Set("ExternalId", r.ExternalID)
	}
	if r.Policy != "" {
		form.Set("Policy", r.Policy)
	}
	return form
}

// call calls an operation of STS. What it is about goes into the body: a URL is what spans and logs quote.
func (c *Client) call(ctx context.Context, action string, form url.Values) (Grant, error) {
	target := c.endpoint
	target.RawQuery = url.Values{
		"Action": {action}, "Version": {"2015-04-01"}, "Format": {"JSON"},
		"Timestamp": {time.Now().UTC().Format(time.RFC3339)},
	}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return Grant{}, &Error{Kind: Malformed, Operation: action}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := send(c.http, request)
	if err != nil {
		return Grant{}, &Error{Kind: Unreachable, Operation: action} // without the words of err, which quotes URLs
	}
	if answer.status != http.StatusOK {
		return Grant{}, refusal(action, answer)
	}
	var body struct{ Credentials credentialsBody }
	if json.Unmarshal(answer.body, &body) != nil {
		return Grant{}, &Error{Kind: Malformed, Operation: action, HTTPStatus: answer.status}
	}
	grant, ok := body.Credentials.grant(answer.date)
	if !ok {
		return Grant{}, &Error{Kind: Malformed, Operation: action, HTTPStatus: answer.status}
	}
	return grant, nil
}

// credentialsBody is a key as STS, the metadata service and URIs write it.
type credentialsBody struct {
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret string
	SecurityToken   string
	Expiration      time.Time
}

// grant tells the lifetime by the clock of who gave the key out: ours may be some minutes off.
func (c credentialsBody) grant(date time.Time) (Grant, bool) {
	key := rpc.Key{ID: c.AccessKeyID, Secret: c.AccessKeySecret, Token: c.SecurityToken}
	complete := key.ID != "" && key.Secret != "" && key.Token != "" && !c.Expiration.IsZero()
	return Grant{Key: key, Lifetime: max(c.Expiration.Sub(date), 1)}, complete
}

// answer is what came back, whoever was asked.
type answer struct {
	status int
	body   []byte
	date   time.Time
}

// maxAnswer bounds the size of an answer, in bytes. A key with its token has some thousand.
const maxAnswer = 1 << 20

func send(client *http.Client, request *http.Request) (answer, error) {
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, err
	}
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		date = time.Now()
	}
	return answer{response.StatusCode, bytes.TrimSpace(body), date}, nil
}
