package cdn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// maxBody bounds the size of an answer, in bytes. The largest legitimate one, 31 days of 5-minute slices, has less than
// 1 MiB.
const maxBody = 16 << 20

// Client calls operations of the CDN API. It is safe for concurrent use.
type Client struct {
	endpoint    url.URL
	http        *http.Client
	credentials rpc.Credentials
}

// NewClient returns a client of the API at endpoint (scheme and host, no path). The requests it hands to httpClient are
// not signed yet: the innermost transport of httpClient must be an [rpc.Signer], so that whatever wraps it (tracing,
// metrics, logs) never meets a credential.
func NewClient(endpoint *url.URL, httpClient *http.Client, credentials rpc.Credentials) *Client {
	own := *httpClient
	// The API never redirects. Following one would carry the query to whom it redirects to.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{url.URL{Scheme: endpoint.Scheme, Host: endpoint.Host, Path: "/"}, &own, credentials}
}

// operation names an operation of the API and the version of the API it belongs to.
type action struct {
	name    string
	version string
}

// params are the parameters of a call; a parameter with the value "" is not sent.
type params map[string]string

// call calls an operation and hands the body of a successful answer to decode. It returns the time of the API's clock when
// it answered, see [dateOf]. Every error it returns is an [*Error]. A session that is refused is renewed, and the call
// repeated once.
func (c *Client) call(ctx context.Context, op action, params params, decode func(body []byte) error) (time.Time, error) {
	key, err := c.credentials.Key(ctx, rpc.Key{})
	if err != nil {
		return time.Time{}, &Error{Operation: op.name, Err: noCredentials{err}}
	}
	date, err := c.once(rpc.Sign(ctx, key), op, params, decode)
	refused, ok := errors.AsType[*Error](err)
	if !ok || refused.Kind() != BadToken {
		return date, err
	}
	another, err := c.credentials.Key(ctx, key)
	if err != nil {
		return time.Time{}, &Error{Operation: op.name, Err: noCredentials{err}}
	}
	if another == key {
		return date, refused
	}
	date, err = c.once(rpc.Sign(ctx, another), op, params, decode)
	if refused, ok := errors.AsType[*Error](err); ok {
		refused.renewed = true
	}
	return date, err
}

// once sends one GET.
func (c *Client) once(ctx context.Context, op action, params params, decode func(body []byte) error) (time.Time, error) {
	var none time.Time
	response, err := c.send(ctx, op, params)
	if err != nil {
		return none, &Error{Operation: op.name, Err: err}
	}
	defer func() { _ = response.Body.Close() }()

	buffer := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(buffer)
	body, err := readLimited(response.Body, buffer)
	if err != nil {
		return none, &Error{Operation: op.name, HTTPStatus: response.StatusCode, Err: err}
	}
	if response.StatusCode != http.StatusOK {
		return none, decodeError(op, response, body)
	}
	if err := decode(body); err != nil {
		// Gateways answer 200 with an error body now and then.
		if failure := decodeError(op, response, body); failure.Code != "" {
			return none, failure
		}
		return none, &Error{Operation: op.name, HTTPStatus: response.StatusCode, Err: fmt.Errorf("%w: %w", ErrMalformed, err)}
	}
	return dateOf(response.Header), nil
}

func (c *Client) send(ctx context.Context, op action, params params) (*http.Response, error) {
	query := url.Values{"Action": {op.name}, "Version": {op.version}}
	for name, value := range params {
		if value != "" {
			query.Set(name, value)
		}
	}
	target := c.endpoint
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	return c.http.Do(request)
}

// bodies holds buffers for answers, so that a dashboard's refresh does not leave megabytes to collect each time. What is
// decoded from a body must not hold on to it.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func readLimited(r io.Reader, buffer *bytes.Buffer) ([]byte, error) {
	buffer.Reset()
	if _, err := buffer.ReadFrom(io.LimitReader(r, maxBody+1)); err != nil {
		return nil, err
	}
	if buffer.Len() > maxBody {
		return nil, fmt.Errorf("%w: more than %d MiB", ErrMalformed, maxBody>>20)
	}
	return buffer.Bytes(), nil
}

// errUnderOK is what an operation's decoder returns for a body with a Code, for call to read as an error.
var errUnderOK = errors.New("an error under HTTP 200")

// ErrMalformed marks an answer that is not what the API documents.
var ErrMalformed = errors.New("malformed answer")
