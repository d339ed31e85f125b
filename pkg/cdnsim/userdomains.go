package cdnsim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPageSize = 20
	maxPageSize     = 500
	maxPageNumber   = 100_000
	maxSearchNames  = 50
)

// searches are the values of DomainSearchType.
var searches = map[string]func(name, wanted string) bool{
	"":            func(name, wanted string) bool { return name == wanted },
	"full_match":  func(name, wanted string) bool { return name == wanted },
	"fuzzy_match": strings.Contains,
	"pre_match":   strings.HasPrefix,
	"suf_match":   strings.HasSuffix,
}

// filters are the parameters that select domains by a property, with the values
// each may take.
var filters = []struct {
	param  string
	of     func(Domain) string
	values []string
}{
	{"DomainStatus", func(d Domain) string { return d.Status }, []string{
		"online", "offline", "configuring", "configure_failed", "checking", "check_failed", "stopping", "deleting",
	}},
	{"CdnType", func(d Domain) string { return d.Type }, []string{"web", "download", "video"}},
	{"Coverage", func(d Domain) string { return d.Coverage }, []string{"domestic", "overseas", "global"}},
}

// serveUserDomains answers DescribeUserDomains of 2018-05-10: one page of the
// account's domains, with the number of all that match.
func serveUserDomains(r *request) ([]byte, *Error) {
	number, problem := r.pageParam("PageNumber", 1, maxPageNumber)
	if problem != nil {
		return nil, problem
	}
	size, problem := r.pageParam("PageSize", defaultPageSize, maxPageSize)
	if problem != nil {
		return nil, problem
	}
	matching, problem := r.matching()
	if problem != nil {
		return nil, problem
	}
	from := min((number-1)*size, len(matching))
	to := min(from+size, len(matching))
	page := make([]map[string]any, 0, to-from)
	for _, d := range matching[from:to] {
		page = append(page, d.listing())
	}
	return mustEncode(json.Marshal(map[string]any{
		"RequestId":  r.id,
		"PageNumber": r.count(number),
		"PageSize":   r.count(size),
		"TotalCount": r.count(len(matching)),
		"Domains":    map[string]any{"PageData": page},
	})), nil
}

// count writes a number the documentation types as one.
func (o *Options) count(n int) any {
	if o.LooseTypes {
		return strconv.Itoa(n)
	}
	return n
}

func (r *request) pageParam(name string, absent, most int) (int, *Error) {
	text := r.params[name]
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, errParameter(name)
	}
	return n, nil
}

// matching are the account's domains that pass every filter, in list order.
func (r *request) matching() ([]Domain, *Error) {
	match, ok := searches[r.params["DomainSearchType"]]
	if !ok {
		return nil, errParameter("DomainSearchType")
	}
	var names []string
	if text := r.params["DomainName"]; text != "" {
		names = strings.Split(text, ",")
	}
	if len(names) > maxSearchNames {
		return nil, &errDomainCount
	}
	list := slices.Clone(r.Domains)
	if names != nil {
		list = slices.DeleteFunc(list, func(d Domain) bool {
			return !slices.ContainsFunc(names, func(wanted string) bool { return match(d.Name, wanted) })
		})
	}
	for _, f := range filters {
		text := r.params[f.param]
		if text == "" {
			continue
		}
		wanted := strings.Split(text, ",")
		for _, value := range wanted {
			if !slices.Contains(f.values, value) {
				return nil, errParameter(f.param)
			}
		}
		list = slices.DeleteFunc(list, func(d Domain) bool { return !slices.Contains(wanted, f.of(d)) })
	}
	return list, nil
}
