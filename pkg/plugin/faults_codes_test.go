package plugin

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is told of codes, by what there is to do.
const (
	anotherRange = "Choose a more recent or a shorter one"
	anotherKey   = "create a new AccessKey"
	anotherToken = "Get new STS credentials"
	secretAgain  = "Enter the secret again"
	setTheClock  = "Set the clock"
	grantPolicy  = "AliyunCDNReadOnlyAccess"
	checkCDN     = "Check it in the CDN console"
	fewerCalls   = "lower callsPerSecond"
	later        = "Try again later"
	checkName    = "Check its name"
	lookUp       = "Look the code up"
	otherVersion = "Set API version to auto or 2018-05-10"
)

// faultsOfCodes are the API's error codes: those of the reference page, of the successor's, and of the gateway in front.
func faultsOfCodes() map[string]fault {
	rows := map[string]fault{}
	for _, code := range codeRows {
		row := fault{answers: refusingWith(code.status, code.name), says: code.says, heals: code.heals}
		if code.says == otherVersion {
			row.on = everybody // no operation is retired for a single domain
		}
		rows["refused with "+code.name] = row
	}
	only := func(name string, views []string) {
		row := rows["refused with "+name]
		row.views = views
		rows["refused with "+name] = row
	}
	only("InvalidDomain.Offline", flows)             // that one of all domains is offline is no news to whoever selects by a pattern
	only("InvalidStartTime.ValueNotSupported", live) // of old data it says where the history begins, see "a shorter history"
	return rows
}

type codeRow struct {
	name   string
	status int
	says   string
	heals  time.Duration
}

// codeRows are the codes there are, with the HTTP status that the documentation gives; it does not matter. That there is nothing
// for a domain, or no permission, is remembered for a minute, and that the history is shorter for an hour.
var codeRows = []codeRow{
	{"MissingParameter", 400, anotherRange, 0},
	{"MissingTimeParameter", 400, anotherRange, 0},
	{"InvalidStartTime.Malformed", 400, anotherRange, 0},
	{"InvalidEndTime.Malformed", 400, anotherRange, 0},
	{"InvalidEndTime.Mismatch", 400, anotherRange, 0},
	{"InvalidInterval.Malformed", 400, anotherRange, 0},
	{"InvalidStartTime.ValueNotSupported", 400, "begins before the history", time.Hour},

	{"InvalidDomain.NotFound", 404, checkName, time.Minute},
	{"InvalidDomain.Offline", 404, "bring it online", time.Minute},
	{"InvalidDomainName.Malformed", 400, checkName, time.Minute},
	{"InvalidDomainName.Overlimit", 400, "Narrow the selection", 0},

	{"OperationDenied", 403, checkCDN, 0},
	{"IllegalOperation", 403, checkCDN, 0},
	{"CdnServiceNotFound", 403, checkCDN, 0},
	{"Forbidden.RAM", 403, grantPolicy, time.Minute},
	{"Forbidden", 403, grantPolicy, time.Minute},
	{"NoPermission", 400, grantPolicy, time.Minute},

	{"InvalidAccessKeyId.NotFound", 404, anotherKey, 0},
	{"InvalidAccessKeyId", 404, anotherKey, 0},
	{"SignatureDoesNotMatch", 400, secretAgain, 0},
	{"IncompleteSignature", 400, secretAgain, 0},
	{"MissingSecurityToken", 400, anotherToken, 0},
	{"InvalidSecurityToken.Expired", 400, anotherToken, 0},
	{"InvalidSecurityToken.MismatchWithAccessKey", 400, anotherToken, 0},
	{"SecurityToken.Expired", 400, anotherToken, 0},
	{"InvalidTimeStamp.Expired", 400, setTheClock, 0},
	{"InvalidTimeStamp.Format", 400, setTheClock, 0},
	{"IllegalTimestamp", 400, setTheClock, 0},

	{"Throttling", 503, fewerCalls, 0},
	{"Throttling.User", 400, fewerCalls, 0},
	{"FlowControlError", 400, fewerCalls, 0},
	{"TooManyRequests", 429, fewerCalls, 0},
	{"InternalError", 500, later, 0},
	{"ServiceUnavailable", 503, later, 0},
	{"ServiceBusy", 403, later, 0},
	{"SignatureNonceUsed", 400, later, 0},

	{"InvalidAction.NotFound", 404, otherVersion, 0},
	{"InvalidVersion", 400, otherVersion, 0},
	{"NoSuchVersion", 400, otherVersion, 0},
	{"UnsupportedOperation", 400, otherVersion, 0},

	{"InvalidParameter", 400, lookUp, 0},
	{"UnsupportedHTTPMethod", 400, lookUp, 0},
	{"Teapot.Short", 418, lookUp, 0},
}

// TestEveryCodeHasItsFault reads the codes that the plugin knows, and those that the simulated API answers with, from their
// sources.
func TestEveryCodeHasItsFault(t *testing.T) {
	for file, pattern := range map[string]string{
		"../cdn/kind.go":      `(?m)^\t"([A-Z][A-Za-z.]+)": +[A-Z]`,
		"../cdnsim/errors.go": `Error\{\d+, "([A-Z][A-Za-z.]+)", `,
	} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1)
		require.Greater(t, len(found), 20, file)
		for _, code := range found {
			assert.True(t, slices.ContainsFunc(codeRows, func(c codeRow) bool {
				return strings.HasPrefix(c.name+".", code[1]+".")
			}), "%s has no row", code[1])
		}
	}
}
