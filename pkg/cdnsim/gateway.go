package cdnsim

import (
	"net/http"
	"net/url"
)

// tooLong reports whether a URL's path and query are more than the gateway takes.
func (s *settings) tooLong(u *url.URL) bool {
	length := max(len(u.EscapedPath()), len("/"))
	if u.RawQuery != "" {
		length += len("?") + len(u.RawQuery)
	}
	return s.MaxURL > 0 && length > s.MaxURL
}

// gatewayPage is how Tengine, the web server in front of the API, refuses a URL
// that is too long: it knows nothing of the API's errors, formats and request ids.
const gatewayPage = `<html>
<head><title>414 Request-URI Too Large</title></head>
<body>
<center><h1>414 Request-URI Too Large</h1></center>
<hr><center>tengine</center>
</body>
</html>
`

func gatewayReply(call *Call) reply {
	call.Code = CodeGateway
	return newReply(http.StatusRequestURITooLong, "text/html", []byte(gatewayPage))
}
