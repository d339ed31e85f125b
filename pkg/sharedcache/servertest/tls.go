//go:build unix

package servertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificate is what a server proves itself with.
type certificate struct{ trusted *x509.CertPool }

// WithTLS has the server speak TLS only, with a certificate that [Server.TLS] trusts.
func WithTLS() Option {
	return func(s *Server) {
		s.t.Helper()
		folder := s.t.TempDir()
		certificateFile, keyFile := filepath.Join(folder, "certificate"), filepath.Join(folder, "key")
		s.tls = newCertificate(s.t, certificateFile, keyFile)
		s.arguments = append(s.arguments,
			"--tls-cert-file", certificateFile, "--tls-key-file", keyFile,
			"--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no")
	}
}

// TLS is a configuration that trusts the server's certificate.
func (s *Server) TLS() *tls.Config {
	return &tls.Config{RootCAs: s.tls.trusted, MinVersion: tls.VersionTLS12}
}

func newCertificate(t testing.TB, certificateFile, keyFile string) *certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "servertest"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, text := range map[string][]byte{
		certificateFile: public,
		keyFile:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return &certificate{trusted: pool}
}
