package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startHost runs the host as main does, with the test binary as its plugin, and returns its address. Files of the
// plugin and of the page can be given.
func startHost(t *testing.T) string {
	t.Helper()
	dist, web := t.TempDir(), t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(dist, binaryName("gpx_fake"))))
	writeFile(t, dist, "plugin.json", `{"id":"fake","executable":"gpx_fake","info":{"version":"1.2.3"}}`)
	writeFile(t, dist, "module.js", "define([], {})")
	writeFile(t, web, "index.html", "<title>Workbench</title>")

	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-dist", dist, "-web", web}, writer, t.Output())
		_ = writer.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	line, err := bufio.NewReader(reader).ReadString('\n')
	require.NoError(t, err, "the host ended before it printed its address")
	return strings.TrimSuffix(strings.TrimSpace(line), "/")
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
}

// call sends a request and returns the status and the body.
func call(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(answer)
}

func TestQueriesReachThePluginAndComeBackAsGrafanaSendsThem(t *testing.T) {
	base := startHost(t)
	status, body := call(t, "POST", base+"/api/ds/query", `{
		"from": "1700000000000", "to": "1700003600000",
		"queries": [{"refId": "A", "maxDataPoints": 42, "datasource": {"uid": "workbench"}}]}`, "FromAlert", "true")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"results": {"A": {"status": 200, "frames": [{
		"schema": {"name": "asked", "refId": "A", "meta": {"typeVersion": [0, 0], "custom": {"FromAlert": "true"}}, "fields": [
			{"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}},
			{"name": "Value", "type": "number", "typeInfo": {"frame": "float64"}, "labels": {"points": "42"}}]},
		"data": {"values": [[1700000000000], [3600]]}}]}}}`, body)
}

func TestRelativeTimesAreTurnedIntoARange(t *testing.T) {
	base := startHost(t)
	status, body := call(t, "POST", base+"/api/ds/query", `{"from": "now-6h", "to": "now", "queries": [{"refId": "A"}]}`)
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `[21600]`)
}

func TestAFailedQueryMakesThe400OfGrafanaAndKeepsTheOthersAnswers(t *testing.T) {
	base := startHost(t)
	status, body := call(t, "POST", base+"/api/ds/query", `{"from": "now-1h", "to": "now", "queries": [
		{"refId": "A"}, {"refId": "B", "fail": "domainPattern is not a regular expression"}]}`)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, `"B":{"error":"domainPattern is not a regular expression","errorSource":"downstream","status":400,"frames":[]}`)
	assert.Contains(t, body, `[3600]`)
}

func TestBodiesThatGrafanaWouldRefuseAreRefused(t *testing.T) {
	base := startHost(t)
	for name, body := range map[string]string{
		"no JSON":              `{`,
		"no queries":           `{"from": "now-1h", "to": "now", "queries": []}`,
		"a from that is none":  `{"from": "yesterday", "to": "now", "queries": [{"refId": "A"}]}`,
		"a to that is none":    `{"from": "now-1h", "to": "", "queries": [{"refId": "A"}]}`,
		"a query that is none": `{"from": "now-1h", "to": "now", "queries": [7]}`,
		"another data source":  `{"from": "now-1h", "to": "now", "queries": [{"datasource": {"uid": "x"}}]}`,
		"too much":             `"` + strings.Repeat("x", maxBody) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := call(t, "POST", base+"/api/ds/query", body)
			assert.Equal(t, 400, status)
			assert.Contains(t, answer, `{"message":`)
		})
	}
}

func TestASecretGoesToThePluginAndNeverBack(t *testing.T) {
	base := startHost(t)
	source := base + "/api/datasources/uid/workbench"
	const secret = "abcdefghijklm"

	status, body := call(t, "GET", source+"/health", "")
	assert.Equal(t, 400, status)
	assert.JSONEq(t, `{"status": "ERROR", "message": "no key", "details": {"authType": "demo"}}`, body)

	save := fmt.Sprintf(`{"jsonData": {"authType": "accessKey"}, "secureJsonData": {"accessKeySecret": %q}}`, secret)
	status, saved := call(t, "PUT", source, save)
	assert.Equal(t, 200, status)
	status, body = call(t, "GET", source+"/health", "")
	assert.Equal(t, 200, status, "changed settings make a new instance at once")
	assert.JSONEq(t, `{"status": "OK", "message": "a key of 13 letters", "details": {"authType": "accessKey"}}`, body)

	_, read := call(t, "GET", source, "")
	_, list := call(t, "GET", base+"/api/datasources", "")
	for _, answer := range []string{saved, read, list} {
		assert.NotContains(t, answer, secret)
		assert.Contains(t, answer, `"secureJsonFields":{"accessKeySecret":true}`)
	}
}

func TestASecretThatIsNotSentIsKeptAndAnEmptyOneIsRemoved(t *testing.T) {
	base := startHost(t)
	source := base + "/api/datasources/uid/workbench"
	call(t, "PUT", source, `{"jsonData": {}, "secureJsonData": {"accessKeySecret": "abc"}}`)
	call(t, "PUT", source, `{"jsonData": {"authType": "accessKey"}}`)
	status, _ := call(t, "GET", source+"/health", "")
	assert.Equal(t, 200, status)
	call(t, "PUT", source, `{"jsonData": {}, "secureJsonData": {"accessKeySecret": ""}}`)
	status, _ = call(t, "GET", source+"/health", "")
	assert.Equal(t, 400, status)
	_, read := call(t, "GET", source, "")
	var kept dataSourceJSON
	require.NoError(t, json.Unmarshal([]byte(read), &kept))
	assert.Empty(t, kept.SecureJSONFields)
	assert.Equal(t, 4, kept.Version)
}

func TestResourceCallsPassThroughWhole(t *testing.T) {
	base := startHost(t)
	status, body := call(t, "POST", base+"/api/datasources/uid/workbench/resources/domains/x?search=a%20b", "hello")
	assert.Equal(t, 418, status)
	assert.Equal(t, "POST domains/x?search=a%20b hello", body)
}

func TestTheFilesOfThePageAndThePluginAreServedWhereGrafanaServesThem(t *testing.T) {
	base := startHost(t)
	for path, want := range map[string]string{
		"/":                                "<title>Workbench</title>",
		"/public/plugins/fake/module.js":   "define([], {})",
		"/public/plugins/fake/plugin.json": `"id":"fake"`,
	} {
		status, body := call(t, "GET", base+path, "")
		assert.Equal(t, 200, status, path)
		assert.Contains(t, body, want)
	}
	status, _ := call(t, "GET", base+"/api/dashboards", "")
	assert.Equal(t, 404, status)
}
