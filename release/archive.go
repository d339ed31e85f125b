package release

import (
	"archive/zip"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// WriteArchive writes a zip of a plugin's folder, in which everything is in a folder of the plugin's id. The same files
// and the same time make the same bytes, whatever the file system says of owners, times and modes: files are in the order
// of their names, dated at, and may be executed if they are the plugin's executables.
func WriteArchive(to io.Writer, folder fs.FS, at time.Time) error {
	plugin, err := ReadPlugin(folder)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(to)
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path.Join(plugin.ID, name), Modified: at.UTC(), Method: zip.Deflate}
		if entry.IsDir() {
			header.Name += "/"
			header.Method = zip.Store
			header.SetMode(fs.ModeDir | 0o755)
			_, err := archive.CreateHeader(header)
			return err
		}
		header.SetMode(0o644)
		if plugin.isExecutable(name) {
			header.SetMode(0o755)
		}
		out, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		in, err := folder.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		_, err = io.Copy(out, in)
		return err
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

// isExecutable tells the plugin's executables by their names, as Grafana and the catalogue do.
func (p Plugin) isExecutable(name string) bool {
	return p.Executable != "" && strings.HasPrefix(name, p.Executable+"_")
}

// WriteChecksums writes the checksums of a file beside it: SHA-256 to check a download with, SHA-1 for the catalogue's
// form, which asks for it. It returns the former.
func WriteChecksums(file string) (string, error) {
	sums := map[string]hash.Hash{"sha256": sha256.New(), "sha1": sha1.New()}
	for ending, sum := range sums {
		in, err := os.Open(file)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, in)
		_ = in.Close()
		if err != nil {
			return "", err
		}
		line := hex.EncodeToString(sum.Sum(nil)) + "  " + filepath.Base(file) + "\n"
		if err := os.WriteFile(file+"."+ending, []byte(line), 0o644); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sums["sha256"].Sum(nil)), nil
}
