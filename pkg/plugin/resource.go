package plugin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
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

// domainFilter is what the resource domains may be asked for. A filter that is empty lets all pass; of several values any
// will do.
type domainFilter struct {
	search, status, kind []string
	pattern              *regexp.Regexp
}

// listDomains answers GET domains?search=&regex=&status=&type=: the account's domains whose name contains search and
// matches regex (RE2, like that of a query), and whose status and type are those given. All but regex may come several
// times: dashboard variables stand for several values.
func (d *Datasource) listDomains(w http.ResponseWriter, r *http.Request) {
	if d.broken != nil {
		d.writeError(w, badRequest(d.broken))
		return
	}
	filter, err := parseFilter(r.URL.Query())
	if err != nil {
		d.writeError(w, badRequest(err))
		return
	}
	ctx, cancel := beforeDeadline(r.Context())
	defer cancel()
	all, err := d.reader().Domains(ctx, false)
	if err != nil {
		d.writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, filter.of(all.Domains))
}

func parseFilter(params url.Values) (filter domainFilter, err error) {
	filter = domainFilter{search: params["search"], status: params["status"], kind: params["type"]}
	filter.pattern, err = compilePattern("regex", params.Get("regex"))
	return filter, err
}

func (f domainFilter) of(domains []cdn.Domain) domainList {
	list := domainList{Domains: []domainItem{}}
	for _, domain := range domains {
		contains := func(text string) bool { return strings.Contains(domain.Name, strings.ToLower(text)) }
		status := func(text string) bool { return domain.Status == text }
		kind := func(text string) bool { return domain.Type == text }
		if anyOf(f.search, contains) && anyOf(f.status, status) && anyOf(f.kind, kind) && f.pattern.MatchString(domain.Name) {
			list.Domains = append(list.Domains, domainItem(domain))
		}
	}
	list.Total = len(list.Domains)
	return list
}

// anyOf tells whether one of the texts will do. None will, and so will an empty one, which does not filter.
func anyOf(texts []string, will func(string) bool) bool {
	return len(texts) == 0 || slices.ContainsFunc(texts, func(text string) bool {
		text = strings.TrimSpace(text)
		return text == "" || will(text)
	})
}

// writeError answers with the explanation under "message", where Grafana's frontend looks for it.
func (d *Datasource) writeError(w http.ResponseWriter, err error) {
	e := explain(d.words, err)
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
