package plugin

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// domainList is the answer of the resource domains.
type domainList struct {
	Domains []domainItem `json:"domains"`
	// Total is the number of domains that match.
	Total int `json:"total"`
}

type domainItem struct {
	Name     string `json:"name"`
	Status   string `json:"status"`
	Type     string `json:"type"`
	Coverage string `json:"coverage"`
	CNAME    string `json:"cname"`
}

// listDomains answers GET domains?search=&status=: the account's domains whose name contains search and whose status is
// the one given, all where they are empty.
func (d *Datasource) listDomains(w http.ResponseWriter, r *http.Request) {
	if d.broken != nil {
		writeError(w, badRequest(d.broken))
		return
	}
	ctx, cancel := beforeDeadline(r.Context())
	defer cancel()
	all, err := d.reader().Domains(ctx, false)
	if err != nil {
		writeError(w, err)
		return
	}
	list := filterDomains(all.Domains, r.URL.Query().Get("search"), r.URL.Query().Get("status"))
	writeJSON(w, http.StatusOK, list)
}

func filterDomains(domains []cdn.Domain, search, status string) domainList {
	list := domainList{Domains: []domainItem{}}
	search = strings.ToLower(strings.TrimSpace(search))
	for _, domain := range domains {
		if strings.Contains(domain.Name, search) && (status == "" || domain.Status == status) {
			list.Domains = append(list.Domains, domainItem(domain))
		}
	}
	list.Total = len(list.Domains)
	return list
}

// writeError answers with the explanation under "message", where Grafana's frontend looks for it.
func writeError(w http.ResponseWriter, err error) {
	e := explain(err)
	status := e.status
	if status == backend.StatusUnauthorized {
		// To the browser 401 means that Grafana's own session has ended.
		status = backend.StatusBadGateway
	}
	writeJSON(w, int(status), map[string]string{"message": e.text})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the connection is gone, and with it whoever would hear of it
}
