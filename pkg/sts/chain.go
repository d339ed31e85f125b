package sts

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// envURI is the address of a service that gives out keys.
const envURI = "ALIBABA_CLOUD_CREDENTIALS_URI"

// Chain looks for a key where the SDK's default chain does, in its order: environment, OIDC, CLI profile, instance role,
// URI. The first that is set up counts, even if it fails: another would be somebody else. Where a key was found once the
// later ones come from, for the same reason. role is how to assume a role where one is to be assumed.
//
// The source is not safe for concurrent use; a [Session] asks it once at a time.
func (c *Client) Chain(role Role) Source {
	links := []Source{
		environment,
		ifSet(c.AssumeRoleWithOIDC(Role{SessionName: role.SessionName, Duration: role.Duration}, "", ""), envOIDCProvider, envOIDCToken, envRoleARN),
		c.cliProfile(role),
		c.InstanceRole(os.Getenv("ALIBABA_CLOUD_ECS_METADATA")),
		ifSet(c.uri, envURI),
	}
	return func(ctx context.Context) (Grant, error) {
		for i, link := range links {
			grant, err := link(ctx)
			if err != nil && !isAbsent(err) {
				return Grant{}, err
			}
			if err == nil {
				links = links[i : i+1]
				return grant, nil
			}
			if len(links) == 1 {
				return Grant{}, err
			}
		}
		return Grant{}, &Error{Kind: NoSource}
	}
}

// errAbsent is the failure of a link of the chain that is not set up.
var errAbsent = &Error{Kind: NoSource}

// isAbsent tells whether a source is not there, rather than broken.
func isAbsent(err error) bool {
	failure, ok := err.(*Error)
	return ok && (failure == errAbsent || failure.Kind == NoMetadata || failure.Kind == NoInstanceRole)
}

// ifSet is the source, where all of the environment's variables are set.
func ifSet(source Source, variables ...string) Source {
	return func(ctx context.Context) (Grant, error) {
		for _, variable := range variables {
			if os.Getenv(variable) == "" {
				return Grant{}, errAbsent
			}
		}
		return source(ctx)
	}
}

// environment takes the key from the environment, as the SDK does.
func environment(context.Context) (Grant, error) {
	found, err := credentials.NewEnvironmentVariableCredentialsProvider().GetCredentials()
	if err != nil {
		return Grant{}, errAbsent
	}
	return Grant{Key: rpc.Key{ID: found.AccessKeyId, Secret: found.AccessKeySecret, Token: found.SecurityToken}}, nil
}

// uri asks a service that gives out keys, as a rule one on the same machine.
func (c *Client) uri(ctx context.Context) (Grant, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv(envURI), nil)
	if err != nil {
		return Grant{}, &Error{Kind: BadURI}
	}
	found, err := send(c.http, request)
	if err != nil || found.status != http.StatusOK {
		return Grant{}, &Error{Kind: BadURI, HTTPStatus: found.status}
	}
	var body credentialsBody
	if json.Unmarshal(found.body, &body) != nil {
		return Grant{}, &Error{Kind: BadURI, HTTPStatus: found.status}
	}
	grant, ok := body.grant(found.date)
	if !ok {
		return Grant{}, &Error{Kind: BadURI, HTTPStatus: found.status}
	}
	return grant, nil
}
