package stssim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	tokenPath = "/latest/api/token"
	keysPath  = "/latest/meta-data/ram/security-credentials/"
)

// Metadata is the simulated metadata service of an instance.
func (s *Server) Metadata() http.Handler { return http.HandlerFunc(s.serveMetadata) }

func (s *Server) serveMetadata(w http.ResponseWriter, r *http.Request) {
	o, fault := s.begin(Call{Action: r.Method + " " + r.URL.Path})
	w.Header().Set("Date", o.Now().UTC().Format(http.TimeFormat))
	role, isKeys := strings.CutPrefix(r.URL.Path, keysPath)
	switch {
	case fault != nil:
		fault.write(w, r)
	case r.URL.Path == tokenPath && !o.NoTokens:
		s.giveToken(w, r)
	case !isKeys || o.InstanceRole == "":
		http.NotFound(w, r)
	case r.Method != http.MethodGet || !o.NoTokens && !s.knows(r.Header.Get("X-aliyun-ecs-metadata-token")):
		w.WriteHeader(http.StatusForbidden)
	case role == "":
		_, _ = w.Write([]byte(o.InstanceRole))
	case role != o.InstanceRole:
		http.NotFound(w, r)
	default:
		body := s.issue(o, role, 6*time.Hour).body()
		body["Code"], body["LastUpdated"] = "Success", o.Now().UTC().Format("2006-01-02T15:04:05Z")
		write(w, http.StatusOK, body)
	}
}

func (s *Server) giveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut || r.Header.Get("X-aliyun-ecs-metadata-token-ttl-seconds") == "" || r.Header.Get("X-Forwarded-For") != "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	token := fmt.Sprintf("metadata-token-%d", len(s.tokens))
	s.tokens[token] = true
	s.mu.Unlock()
	_, _ = w.Write([]byte(token))
}

func (s *Server) knows(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[token]
}
