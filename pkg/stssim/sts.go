package stssim

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refusal is an error of STS.
type refusal struct {
	status        int
	code, message string
	policyType    string
}

var (
	errAction     = &refusal{404, "InvalidAction.NotFound", "Specified api is not found.", ""}
	errKey        = &refusal{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", ""}
	errSignature  = &refusal{400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:", ""}
	errToken      = &refusal{400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.", ""}
	errStamp      = &refusal{400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", ""}
	errNonce      = &refusal{400, "SignatureNonceUsed", "Specified signature nonce was used already.", ""}
	errRoot       = &refusal{403, "NoPermission", "Roles may not be assumed by root accounts.", ""}
	errCaller     = &refusal{403, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.", "AccountLevelIdentityBasedPolicy"}
	errTrust      = &refusal{403, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.", "AssumeRolePolicy"}
	errExternalID = &refusal{403, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.", ""}
	errRole       = &refusal{404, "EntityNotExist.Role", "The role not exists.", ""}
	errDuration   = &refusal{400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr.", ""}
	errName       = &refusal{400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.", ""}
	errProvider   = &refusal{401, "AuthenticationFail.NoPermission", "No such OIDC Provider registered.", ""}
	errOIDCTrust  = &refusal{401, "AuthenticationFail.NoPermission", "There is no permission", ""}
	errOIDCToken  = &refusal{401, "AuthenticationFail.OIDCToken.Invalid", "The number of Jwt field should be divided into 3 parts with '.' .", ""}
	errOIDCAge    = &refusal{401, "AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired.", ""}
	errAudience   = &refusal{401, "AuthenticationFail.OIDCToken.AudienceNotMatch", "Invalid audience.", ""}
)

// STS is the simulated STS.
func (s *Server) STS() http.Handler { return http.HandlerFunc(s.serveSTS) }

func (s *Server) serveSTS(w http.ResponseWriter, r *http.Request) {
	params := map[string]string{}
	_ = r.ParseForm()
	for name := range r.Form {
		params[name] = r.Form.Get(name)
	}
	o, fault := s.begin(Call{params["Action"], params})
	w.Header().Set("Date", o.Now().UTC().Format(http.TimeFormat))
	if fault != nil {
		fault.write(w, r)
		return
	}
	role, problem := "", errAction
	switch {
	case r.URL.Path != "/" || params["Version"] != "2015-04-01" || params["Format"] != "JSON":
	case params["Action"] == "AssumeRole":
		role, problem = s.assumeRole(o, r.Method, params)
	case params["Action"] == "AssumeRoleWithOIDC":
		role, problem = s.assumeRoleWithOIDC(o, params)
	}
	var life time.Duration
	if problem == nil {
		life, problem = o.Roles[role].life(params)
	}
	if problem != nil {
		problem.write(w)
		return
	}
	session := s.issue(o, role, life)
	write(w, http.StatusOK, map[string]any{
		"RequestId":       "6894B13B-6D71-4EF5-88FA-F32781734A7F",
		"AssumedRoleUser": map[string]string{"Arn": role + "/" + params["RoleSessionName"], "AssumedRoleId": "34458433936495****:x"},
		"Credentials":     session.body(),
	})
}

func (s *Server) assumeRole(o Options, method string, params map[string]string) (string, *refusal) {
	key, known := o.Keys[params["AccessKeyId"]]
	stamp, err := time.Parse(time.RFC3339, params["Timestamp"])
	switch {
	case err != nil, o.SigningClock().Sub(stamp).Abs() > 15*time.Minute:
		return "", errStamp
	case !known:
		return "", errKey
	case params["SecurityToken"] != key.Token:
		return "", errToken
	case params["Signature"] != signature(method, key.Secret, params):
		e := *errSignature
		e.message += params["AccessKeyId"] + params["SecurityToken"] // the real one quotes them, too
		return "", &e
	case s.used(params["SignatureNonce"]):
		return "", errNonce
	case key.Root:
		return "", errRoot
	case key.MayNotAssume:
		return "", errCaller
	}
	role, known := o.Roles[params["RoleArn"]]
	switch {
	case !known:
		return "", errRole
	case !slices.Contains(role.Accounts, key.Account):
		return "", errTrust
	case role.ExternalID != params["ExternalId"]:
		return "", errExternalID
	}
	return params["RoleArn"], nil
}

// Claims are what a token of an OIDC provider says.
type Claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	Expires  int64  `json:"exp"`
}

// Audience is the one of tokens for STS.
const Audience = "sts.aliyuncs.com"

// Token is a token as a cluster writes it, but for its signature.
func (c Claims) Token() string {
	text, _ := json.Marshal(c)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode(text) + "." + encode([]byte("signature"))
}

func (s *Server) assumeRoleWithOIDC(o Options, params map[string]string) (string, *refusal) {
	if params["Signature"] != "" {
		return "", errKey // nobody signs this one
	}
	var claims Claims
	parts := strings.Split(params["OIDCToken"], ".")
	if len(parts) != 3 {
		return "", errOIDCToken
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return "", errOIDCToken
	}
	issuer, registered := o.Providers[params["OIDCProviderArn"]]
	role, known := o.Roles[params["RoleArn"]]
	switch {
	case !registered || issuer != claims.Issuer:
		return "", errProvider
	case claims.Audience != Audience:
		return "", errAudience
	case o.Now().Unix() >= claims.Expires:
		return "", errOIDCAge
	case !known:
		return "", errRole
	case role.Provider != params["OIDCProviderArn"] || role.Subject != claims.Subject:
		return "", errOIDCTrust
	}
	return params["RoleArn"], nil
}

// life is how long a session holds.
func (r Role) life(params map[string]string) (time.Duration, *refusal) {
	seconds, err := strconv.Atoi(params["DurationSeconds"])
	life := time.Duration(seconds) * time.Second
	longest := r.MaxDuration
	if longest == 0 {
		longest = time.Hour
	}
	switch {
	case err != nil || life < 15*time.Minute || life > longest:
		return 0, errDuration
	case len(params["RoleSessionName"]) < 2:
		return 0, errName
	}
	return life, nil
}

// signature is the one of RPC signature version 1.0, over the parameters of query and body.
func signature(method, secret string, params map[string]string) string {
	var pairs []string
	for name, value := range params {
		if name != "Signature" {
			pairs = append(pairs, encode(name)+"="+encode(value))
		}
	}
	slices.Sort(pairs)
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(method + "&%2F&" + encode(strings.Join(pairs, "&"))))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// encode encodes as RFC 3986 does.
func encode(text string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(text))
}

// body is the session as STS and the metadata service write it.
func (s Session) body() map[string]string {
	return map[string]string{
		"AccessKeyId": s.ID, "AccessKeySecret": s.Secret, "SecurityToken": s.Token,
		"Expiration": s.Expires.Format("2006-01-02T15:04:05Z"),
	}
}

func (e *refusal) write(w http.ResponseWriter) {
	body := map[string]any{
		"RequestId": "73B0D4FC-1D3C-4F2F-9D3A-7D5A1B1E8E9B", "HostId": "sts.aliyuncs.com", "Code": e.code, "Message": e.message,
	}
	if e.policyType != "" {
		body["AccessDeniedDetail"] = map[string]string{
			"PolicyType": e.policyType, "AuthPrincipalOwnerId": "1000000000000001", "AuthPrincipalType": "SubUser",
			"AuthAction": "sts:AssumeRole", "NoPermissionType": "ImplicitDeny",
		}
	}
	write(w, e.status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
