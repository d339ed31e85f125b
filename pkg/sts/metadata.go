package sts

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
)

// MetadataService is where an ECS instance, or a container on one, finds its metadata.
const MetadataService = "http://100.100.100.200"

const (
	metadataToken    = "/latest/api/token"
	metadataRoleKeys = "/latest/meta-data/ram/security-credentials/"
)

// InstanceRole is the RAM role of the instance; an empty name is found out. The service is asked for a token first
// (IMDSv2); if it has none to give, it is asked without, unless the environment forbids that.
func (c *Client) InstanceRole(name string) Source {
	return func(ctx context.Context) (Grant, error) {
		if isTrue("ALIBABA_CLOUD_ECS_METADATA_DISABLED") {
			return Grant{}, &Error{Kind: NoMetadata}
		}
		token, err := c.askMetadata(ctx, http.MethodPut, metadataToken, "X-aliyun-ecs-metadata-token-ttl-seconds", "60")
		switch {
		case err != nil:
			return Grant{}, err
		case token.status == http.StatusOK:
		case isTrue("ALIBABA_CLOUD_IMDSV1_DISABLED"):
			return Grant{}, &Error{Kind: MetadataRefused, HTTPStatus: token.status}
		default:
			token.body = nil
		}
		get := func(path string) (answer, error) {
			return c.askMetadata(ctx, http.MethodGet, metadataRoleKeys+path, "X-aliyun-ecs-metadata-token", string(token.body))
		}
		if name := name; name != "" {
			return keyOfRole(get, name)
		}
		found, err := get("")
		if err != nil {
			return Grant{}, err
		}
		if err := found.check(); err != nil {
			return Grant{}, err
		}
		name, _, _ := strings.Cut(string(found.body), "\n")
		return keyOfRole(get, strings.TrimSpace(name))
	}
}

// roleName is the name of a RAM role. Nothing else becomes part of a path.
var roleName = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

func keyOfRole(get func(path string) (answer, error), name string) (Grant, error) {
	if !roleName.MatchString(name) {
		return Grant{}, &Error{Kind: NoInstanceRole}
	}
	found, err := get(name)
	if err != nil {
		return Grant{}, err
	}
	if err := found.check(); err != nil {
		return Grant{}, err
	}
	var body struct {
		Code string
		credentialsBody
	}
	if json.Unmarshal(found.body, &body) != nil || body.Code != "Success" {
		return Grant{}, &Error{Kind: MetadataRefused, HTTPStatus: found.status}
	}
	grant, ok := body.grant(found.date)
	if !ok {
		return Grant{}, &Error{Kind: MetadataRefused, HTTPStatus: found.status}
	}
	return grant, nil
}

// check reads the status of an answer of the metadata service.
func (a answer) check() error {
	switch a.status {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return &Error{Kind: NoInstanceRole, HTTPStatus: a.status}
	}
	return &Error{Kind: MetadataRefused, HTTPStatus: a.status}
}

func (c *Client) askMetadata(ctx context.Context, method, path, header, value string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.metadata+path, nil)
	if err != nil {
		return answer{}, &Error{Kind: NoMetadata}
	}
	if value != "" {
		request.Header.Set(header, value)
	}
	found, err := send(c.direct, request)
	if err != nil {
		return answer{}, &Error{Kind: NoMetadata}
	}
	return found, nil
}

func isTrue(variable string) bool { return strings.EqualFold(os.Getenv(variable), "true") }
