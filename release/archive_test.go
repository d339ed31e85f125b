package release

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var committed = time.Date(2026, 11, 23, 1, 52, 40, 0, time.UTC)

func TestAnArchiveDependsOnWhatTheFilesHoldAlone(t *testing.T) {
	files := map[string]string{
		"plugin.json":                   `{"id": "acme-flow-datasource", "executable": "gpx_flow"}`,
		"module.js":                     "define([])",
		"gpx_flow_linux_amd64":          "ELF",
		"img/logo.svg":                  "<svg/>",
		"gpx_flow_windows_amd64.exe":    "MZ",
		"dashboards/zh-Hans/why.json":   "{}",
		"dashboards/origin.json":        "{}",
		"locales/en-US/acme-flow.json":  "{}",
		"locales/zh-Hans/acme-flo.json": "{}",
	}
	write := func(mode os.FileMode, at time.Time) []byte {
		folder := t.TempDir()
		for name, text := range files {
			file := filepath.Join(folder, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(text), mode))
			require.NoError(t, os.Chtimes(file, at, at))
		}
		var archive bytes.Buffer
		require.NoError(t, WriteArchive(&archive, os.DirFS(folder), committed))
		return archive.Bytes()
	}
	first := write(0o600, committed)
	require.Equal(t, first, write(0o777, time.Now()))

	archive, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	require.NoError(t, err)
	modes := map[string]fs.FileMode{}
	for _, file := range archive.File {
		require.Equal(t, committed, file.Modified.UTC(), file.Name)
		modes[file.Name] = file.Mode()
	}
	require.Equal(t, fs.ModeDir|0o755, modes["acme-flow-datasource/"])
	require.Equal(t, fs.FileMode(0o755), modes["acme-flow-datasource/gpx_flow_linux_amd64"])
	require.Equal(t, fs.FileMode(0o644), modes["acme-flow-datasource/dashboards/zh-Hans/why.json"])
}

func TestChecksumsAreThoseThatTheUsualToolsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plugin.zip")
	require.NoError(t, os.WriteFile(file, []byte("abc"), 0o600))
	sum, err := WriteChecksums(file)
	require.NoError(t, err)
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sum)
	written, err := os.ReadFile(file + ".sha256")
	require.NoError(t, err)
	require.Equal(t, sum+"  plugin.zip\n", string(written))
	written, err = os.ReadFile(file + ".sha1")
	require.NoError(t, err)
	require.Equal(t, "a9993e364706816aba3e25717850c26c9cd0d89d  plugin.zip\n", string(written))
}
