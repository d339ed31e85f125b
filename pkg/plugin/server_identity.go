package plugin

import (
	"os"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// server is the Grafana server, as far as a data source may sign in as it.
type server struct {
	// allowed are the ways to sign in as the server that its administrator allows.
	allowed []string
	// metadata is the URL of the metadata service. It is no setting: whoever may write it could reach what the server can.
	metadata string
}

// thisServer is the one that the plugin runs on. Grafana hands over each key of the plugin's section in its configuration
// as an environment variable.
func thisServer() server {
	var allowed []string
	for name := range strings.SplitSeq(os.Getenv("GF_PLUGIN_ALLOWED_AUTH_TYPES"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			allowed = append(allowed, name)
		}
	}
	return server{allowed, sts.MetadataService}
}

// permits refuses a way to sign in as the server, unless its administrator allows it: anybody who may add a data source
// would have the server's role.
func (s server) permits(name string) error {
	if !authTypes[name].ofServer || slices.Contains(s.allowed, name) {
		return nil
	}
	return newProblem("settings.ofServer", locales.Args{
		"authType": name, "plugin": ID, "allowed": strings.Join(append(slices.Clone(s.allowed), name), ","),
	})
}
