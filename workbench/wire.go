package main

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
)

// contentPolicy lets the page load nothing that this host does not serve. Grafana's components are styled inline, and
// libraries below them try out whether they may evaluate code; a refusal would stand in the console as an error.
const contentPolicy = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// guard lets only this host's own page, and programs that are no browser, use the API. Without it any web page that is
// open in the same browser could save settings or query with the credentials kept here: by a request to the loopback
// address (seen by Origin and Sec-Fetch-Site) or by a name of its own that resolves to it (seen by Host).
func guard(self net.Addr, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(self.String())
	hosts := map[string]bool{self.String(): true, "localhost:" + port: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		// A rebuilt plugin shows after a reload.
		header.Set("Cache-Control", "no-cache")
		if !hosts[r.Host] {
			writeMessage(w, http.StatusForbidden, "this host name is not the workbench's")
			return
		}
		if strings.HasPrefix(r.URL.Path, "/api/") && fromElsewhere(r) {
			writeMessage(w, http.StatusForbidden, "only the workbench's own page may call its API")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromElsewhere says whether a browser sent the request for a page of another origin.
func fromElsewhere(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}

// readJSON decodes the body into v. When it cannot it answers 400 and returns false.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(v); err != nil {
		writeMessage(w, http.StatusBadRequest, "the body is not valid JSON: "+err.Error())
		return false
	}
	return true
}

// writeMessage answers with Grafana's error shape.
func writeMessage(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}

// writeJSON answers with v. A value that cannot be encoded is a 500, not half an answer.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"message":"the answer could not be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the asker is gone; nobody is left to tell
}
