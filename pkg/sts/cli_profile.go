package sts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// profile is a way to sign in that Alibaba Cloud's command line tool saved.
type profile struct {
	Name            string `json:"name"`
	Mode            string `json:"mode"`
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	SecurityToken   string `json:"sts_token"`
	RoleARN         string `json:"ram_role_arn"`
	SessionName     string `json:"ram_session_name"`
	Seconds         int    `json:"expired_seconds"`
	ExternalID      string `json:"external_id"`
	Policy          string `json:"policy"`
	SourceProfile   string `json:"source_profile"`
	InstanceRole    string `json:"ram_role_name"`
	OIDCTokenFile   string `json:"oidc_token_file"`
	OIDCProviderARN string `json:"oidc_provider_arn"`
}

// cliConfig is the file that the tool saves.
type cliConfig struct {
	Current  string    `json:"current"`
	Profiles []profile `json:"profiles"`
}

// cliProfile is the profile that the environment names, or else the one that the tool uses now. The file is read anew
// each time. defaults say how to assume a role where the profile does not.
func (c *Client) cliProfile(defaults Role) Source {
	return func(ctx context.Context) (Grant, error) {
		config, err := readCLIConfig()
		if err != nil {
			return Grant{}, err
		}
		source := c.ofProfile(config, cmp.Or(os.Getenv("ALIBABA_CLOUD_PROFILE"), config.Current), defaults, len(config.Profiles))
		if source == nil {
			return Grant{}, &Error{Kind: BadProfile}
		}
		return source(ctx)
	}
}

func readCLIConfig() (cliConfig, error) {
	home, err := os.UserHomeDir()
	if err != nil || isTrue("ALIBABA_CLOUD_CLI_PROFILE_DISABLED") {
		return cliConfig{}, errAbsent
	}
	text, err := os.ReadFile(filepath.Join(home, ".aliyun", "config.json"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // somebody else's home
		return cliConfig{}, errAbsent
	}
	var config cliConfig
	if err != nil || json.Unmarshal(text, &config) != nil {
		return cliConfig{}, &Error{Kind: BadProfile}
	}
	return config, nil
}

// ofProfile is the source of a profile, nil if there is none. A role may be assumed by way of other profiles: no more
// than there are, or they go round in a circle.
func (c *Client) ofProfile(config cliConfig, name string, defaults Role, depth int) Source {
	for _, p := range config.Profiles {
		if p.Name != name {
			continue
		}
		key := rpc.Key{ID: p.AccessKeyID, Secret: p.AccessKeySecret, Token: p.SecurityToken}
		complete := key.ID != "" && key.Secret != ""
		role := Role{
			ARN:         p.RoleARN,
			SessionName: cmp.Or(p.SessionName, defaults.SessionName),
			ExternalID:  p.ExternalID,
			Duration:    cmp.Or(time.Duration(p.Seconds)*time.Second, defaults.Duration),
			Policy:      p.Policy,
		}
		switch {
		case p.Mode == "AK" && complete:
			key.Token = ""
			return Fixed(key)
		case p.Mode == "StsToken" && complete && key.Token != "":
			return Fixed(key)
		case p.Mode == "RamRoleArn" && complete && role.ARN != "":
			return c.AssumeRole(Fixed(key), role)
		case p.Mode == "EcsRamRole":
			return c.InstanceRole(p.InstanceRole)
		case p.Mode == "OIDC":
			return c.AssumeRoleWithOIDC(role, p.OIDCProviderARN, p.OIDCTokenFile)
		case p.Mode == "ChainableRamRoleArn" && role.ARN != "" && depth > 0:
			if source := c.ofProfile(config, p.SourceProfile, defaults, depth-1); source != nil {
				return c.AssumeRole(source, role)
			}
		}
		return nil
	}
	return nil
}
