package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPagesFromElsewhereCannotUseTheAPI(t *testing.T) {
	base := startHost(t)
	source := base + "/api/datasources"
	for name, headers := range map[string][]string{
		"another origin":                {"Origin", "https://evil.example"},
		"another port of this machine":  {"Origin", "http://127.0.0.1:1"},
		"an opaque origin":              {"Origin", "null"},
		"a cross site request":          {"Sec-Fetch-Site", "cross-site"},
		"a sibling site":                {"Sec-Fetch-Site", "same-site"},
		"a name that resolves to here":  {"Host", "evil.example"},
		"that name with the right port": {"Host", "evil.example:" + base[len("http://127.0.0.1:"):]},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := call(t, "GET", source, "", headers...)
			assert.Equal(t, 403, status)
			assert.NotContains(t, body, "jsonData")
		})
	}
	status, _ := call(t, "GET", source, "", "Origin", base, "Sec-Fetch-Site", "same-origin")
	assert.Equal(t, 200, status, "its own page can")
	status, _ = call(t, "GET", base+"/", "", "Sec-Fetch-Site", "cross-site")
	assert.Equal(t, 200, status, "a link on another page can lead here")
}

func TestOnlyALoopbackAddressIsListenedOn(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0"} {
		_, err := listenLoopback(addr)
		require.ErrorContains(t, err, "only a loopback address is allowed", addr)
	}
}

func TestWhatIsNotBuiltIsNamed(t *testing.T) {
	empty, halfBuilt, broken := t.TempDir(), t.TempDir(), t.TempDir()
	writeFile(t, halfBuilt, "plugin.json", `{"id":"fake","executable":"gpx_fake"}`)
	writeFile(t, broken, "plugin.json", `{"id":"fake","executable":"gpx_fake"}`)
	script := filepath.Join(broken, binaryName("gpx_fake"))
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nexit 3\n"), 0o700))
	for dist, want := range map[string]string{
		empty:     "the plugin is not built",
		halfBuilt: "the plugin is not built for this machine",
		broken:    "starting " + script,
	} {
		err := run(t.Context(), []string{"-dist", dist}, io.Discard, io.Discard)
		require.ErrorContains(t, err, want)
	}
}

func TestThePluginProcessEndsWithTheHost(t *testing.T) {
	dist := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(dist, binaryName("gpx_fake"))))
	writeFile(t, dist, "plugin.json", `{"id":"fake","executable":"gpx_fake"}`)
	m, err := readManifest(dist)
	require.NoError(t, err)
	plugin, err := startPlugin(m, "http://127.0.0.1", t.Output())
	require.NoError(t, err)
	_, err = plugin.health(t.Context(), backend.PluginContext{DataSourceInstanceSettings: newDataSource("fake").settings()})
	require.NoError(t, err)

	plugin.stop()
	assert.True(t, plugin.client.Exited())
	_, err = plugin.health(t.Context(), backend.PluginContext{})
	require.Error(t, err)
}

func TestEverySaveMakesTheSettingsNewerByAMillisecondOrMore(t *testing.T) {
	source := newDataSource("fake")
	before := source.settings().Updated
	for range 3 {
		source.save(source.public())
		after := source.settings().Updated
		assert.GreaterOrEqual(t, after.Sub(before), time.Millisecond)
		before = after
	}
}
