package cdnsim

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"time"
)

// maxSkew is how far a request's Timestamp may be from the server's clock.
const maxSkew = 15 * time.Minute

// stampLayout is the layout of Timestamp, of points, and of times in 2018-05-10. In
// UTC it ends in Z; package time is several times faster at it than at others.
const stampLayout = time.RFC3339

// authenticate checks key, clock, token, signature and nonce, in the gateway's
// order: a client with two problems hears of the same one first.
func (s *Server) authenticate(keys map[string]Key, params map[string]string, now time.Time) *Error {
	if params["SignatureMethod"] != "HMAC-SHA1" || params["SignatureVersion"] != "1.0" {
		return &errSignatureKind
	}
	stamp, ok := parseTime(stampLayout, params["Timestamp"])
	if !ok {
		return &errStampFormat
	}
	if now.Sub(stamp).Abs() > maxSkew {
		return &errStampExpired
	}
	key, known := keys[params["AccessKeyId"]]
	if !known {
		return &errKey
	}
	if problem := key.checkToken(params["SecurityToken"], now); problem != nil {
		return problem
	}
	text := stringToSign(params)
	if !hmac.Equal([]byte(sign(key.Secret, text)), []byte(params["Signature"])) {
		e := errSignature
		e.Message += text // the real API shows it too, key id and token included
		return &e
	}
	if !s.nonces.use(params["AccessKeyId"]+" "+params["SignatureNonce"], now) {
		return &errNonce
	}
	return nil
}

func (k Key) checkToken(token string, now time.Time) *Error {
	switch {
	case k.SecurityToken != "" && token == "":
		return &errTokenMissing
	case !hmac.Equal([]byte(token), []byte(k.SecurityToken)):
		return &errTokenWrong
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return &errTokenExpired
	}
	return nil
}

// stringToSign is the text RPC signature version 1.0 is computed over: every
// parameter but the signature, in byte order, encoded twice.
func stringToSign(params map[string]string) string {
	names := slices.AppendSeq(make([]string, 0, len(params)), maps.Keys(params))
	slices.Sort(names)
	query := make([]byte, 0, 1024)
	for _, name := range names {
		if name == "Signature" {
			continue
		}
		if len(query) > 0 {
			query = append(query, '&')
		}
		query = append(appendEncoded(query, name), '=')
		query = appendEncoded(query, params[name])
	}
	text := make([]byte, 0, 2*len(query))
	text = append(text, http.MethodGet+"&%2F&"...)
	return string(appendEncoded(text, query))
}

func sign(secret, text string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// appendEncoded encodes as RFC 3986 does: all but the unreserved characters.
// url.QueryEscape would make a space "+" and keep no "~" apart.
func appendEncoded[T string | []byte](b []byte, text T) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// parseTime accepts text only if it is written exactly as layout writes times:
// time.Parse alone would let fractions of seconds and other zones through.
func parseTime(layout, text string) (time.Time, bool) {
	t, err := time.Parse(layout, text)
	return t, err == nil && t.UTC().Format(layout) == text
}
