package sts

import (
	"cmp"
	"context"
	"io"
	"os"
	"regexp"
	"strings"
)

// The environment that Kubernetes' RRSA webhook sets in a pod.
const (
	envRoleARN      = "ALIBABA_CLOUD_ROLE_ARN"
	envOIDCProvider = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
	envOIDCToken    = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
)

// AssumeRoleWithOIDC is the operation of this name: a session of the role for whoever holds a token of the OIDC provider.
// The token is read from the file each time, as Kubernetes replaces it. What is empty is taken from the environment.
func (c *Client) AssumeRoleWithOIDC(role Role, providerARN, tokenFile string) Source {
	return func(ctx context.Context) (Grant, error) {
		role := role
		role.ARN = cmp.Or(role.ARN, os.Getenv(envRoleARN))
		provider := cmp.Or(providerARN, os.Getenv(envOIDCProvider))
		file := cmp.Or(tokenFile, os.Getenv(envOIDCToken))
		if role.ARN == "" || provider == "" || file == "" {
			return Grant{}, &Error{Kind: OIDCIncomplete}
		}
		token, err := readToken(file)
		if err != nil {
			return Grant{}, err
		}
		form := role.form()
		form.Set("OIDCProviderArn", provider)
		form.Set("OIDCToken", token)
		return c.call(ctx, "AssumeRoleWithOIDC", form)
	}
}

// jwt is what a token looks like. Nothing else is sent: the file is of the settings' choice, and could be any.
var jwt = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// maxToken bounds the size of a token, in bytes.
const maxToken = 64 << 10

func readToken(path string) (string, error) {
	// What is no regular file could block for ever.
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", &Error{Kind: NoTokenFile}
	}
	file, err := os.Open(path)
	if err != nil {
		return "", &Error{Kind: NoTokenFile}
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxToken))
	if err != nil {
		return "", &Error{Kind: NoTokenFile}
	}
	token := strings.TrimSpace(string(text))
	if !jwt.MatchString(token) {
		return "", &Error{Kind: BadTokenFile}
	}
	return token, nil
}
