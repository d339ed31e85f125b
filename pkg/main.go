// Package main starts the plugin process: a Grafana data source for Alibaba Cloud CDN origin flow.
package main

import (
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/originflow/aliyuncdn-datasource/pkg/plugin"
	"github.com/originflow/aliyuncdn-datasource/pkg/shutdown"
)

func main() {
	opts := datasource.ManageOpts{Licensing: shutdown.OnTerminate().Decorate}
	if err := datasource.Manage(plugin.ID, plugin.New, opts); err != nil {
		log.DefaultLogger.Error("The plugin stopped", "error", err)
		os.Exit(1)
	}
}
