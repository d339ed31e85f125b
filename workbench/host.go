package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/useragent"
)

// maxBody bounds a request's body, in bytes: a query or a settings form is far smaller.
const maxBody = 1 << 20

// host answers what the plugin's frontend asks of Grafana.
type host struct {
	plugin *process
	source *dataSource
	dist   string
	web    string
}

// handler routes Grafana's paths. self is the address the host is reached at.
func (h *host) handler(self net.Addr) http.Handler {
	const source = "/api/datasources/uid/" + dataSourceUID
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/datasources", h.listSources)
	mux.HandleFunc("GET "+source, h.readSource)
	mux.HandleFunc("PUT "+source, h.saveSource)
	mux.HandleFunc("GET "+source+"/health", h.health)
	mux.HandleFunc(source+"/resources/{path...}", h.resource)
	mux.HandleFunc("POST /api/ds/query", h.query)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		writeMessage(w, http.StatusNotFound, "the workbench has no such route")
	})
	// Where Grafana serves a plugin's files.
	plugin := "/public/plugins/" + h.source.pluginID + "/"
	mux.Handle(plugin, http.StripPrefix(plugin, http.FileServer(http.Dir(h.dist))))
	mux.Handle("/", http.FileServer(http.Dir(h.web)))
	return guard(self, mux)
}

// listSources tells the page which data source there is, and so which plugin.
func (h *host) listSources(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, []dataSourceJSON{h.source.public()})
}

func (h *host) readSource(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, h.source.public())
}

func (h *host) saveSource(w http.ResponseWriter, r *http.Request) {
	var in dataSourceJSON
	if !readJSON(w, r, &in) {
		return
	}
	h.source.save(in)
	writeJSON(w, http.StatusOK, map[string]any{"message": "Datasource updated", "datasource": h.source.public()})
}

// health answers as Grafana does: 400 when the check fails, with the plugin's message and details either way.
func (h *host) health(w http.ResponseWriter, r *http.Request) {
	result, err := h.plugin.health(r.Context(), h.pluginContext())
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, "Plugin health check failed: "+err.Error())
		return
	}
	body := map[string]any{"status": result.Status.String(), "message": result.Message}
	if len(result.JSONDetails) > 0 {
		body["details"] = json.RawMessage(result.JSONDetails)
	}
	status := http.StatusOK
	if result.Status != backend.HealthStatusOk {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, body)
}

// resource passes a call through to the plugin, and the answer back as it comes.
func (h *host) resource(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeMessage(w, http.StatusRequestEntityTooLarge, err.Error())
		return
	}
	path := r.PathValue("path")
	url := path
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	started := false
	err = h.plugin.resource(r.Context(), &backend.CallResourceRequest{
		PluginContext: h.pluginContext(), Path: path, Method: r.Method, URL: url, Headers: r.Header, Body: body,
	}, func(part *backend.CallResourceResponse) error {
		if !started {
			started = true
			for key, values := range part.Headers {
				w.Header()[http.CanonicalHeaderKey(key)] = values
			}
			w.WriteHeader(part.Status)
		}
		_, err := w.Write(part.Body)
		return err
	})
	if err != nil && !started {
		writeMessage(w, http.StatusInternalServerError, "Plugin resource call failed: "+err.Error())
	}
}

// pluginContext is who asks about what: the one data source, as an admin of the first organisation.
func (h *host) pluginContext() backend.PluginContext {
	agent, _ := useragent.New(grafanaVersion, "workbench", "none")
	return backend.PluginContext{
		//lint:ignore SA1019 Grafana 11.0.0 names the organisation by this number and sends no namespace.
		OrgID:                      1,
		PluginID:                   h.source.pluginID,
		User:                       &backend.User{Login: "admin", Name: "admin", Role: "Admin"},
		DataSourceInstanceSettings: h.source.settings(),
		UserAgent:                  agent,
	}
}
