package sharedcache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

const (
	// formatVersion is the first byte of what is stored. Another one is of another version of the plugin.
	formatVersion = 1
	// nonceLength is that of AES-GCM.
	nonceLength = 12
	// revisionLength is how many bytes tell what is stored from whatever else is or was: the version, and the nonce, which is
	// random.
	revisionLength = 1 + nonceLength
	// nameLength is how many bytes of a hash stand for a name: nobody finds two names that share them.
	nameLength = 16
)

// The kinds of keys.
const (
	valueKind = "v"
	leaseKind = "l"
)

// seal names keys and seals values for one account. Without the account's secret nobody can read a name or a value, guess
// what a key is about, or make a value that opens.
type seal struct {
	prefix  string // of every key; its braces have a Cluster keep the account's keys together
	nameKey []byte
	aead    cipher.AEAD
}

func newSeal(prefix string, identity []byte) (*seal, error) {
	nameKey, err := hkdf.Key(sha256.New, identity, nil, "aliyuncdn shared cache: names", sha256.Size)
	if err != nil {
		return nil, err
	}
	valueKey, err := hkdf.Key(sha256.New, identity, nil, "aliyuncdn shared cache: values", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(valueKey)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	s := &seal{nameKey: nameKey, aead: aead}
	s.prefix = prefix + ":{" + s.hash("account", "") + "}:"
	return s, nil
}

// hash stands for a name.
func (s *seal) hash(kind, name string) string {
	mac := hmac.New(sha256.New, s.nameKey)
	mac.Write([]byte(kind + ":" + name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:nameLength])
}

// key is where something with a name is stored.
func (s *seal) key(kind, name string) string { return s.prefix + kind + ":" + s.hash(kind, name) }

func (s *seal) keys(kind string, names []string) []string {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = s.key(kind, name)
	}
	return keys
}

// close seals what is to be stored under a key.
func (s *seal) close(key string, data []byte) []byte {
	return s.aead.Seal([]byte{formatVersion}, nil, data, bound(key))
}

// open returns what was sealed for a key, nil if that is not what is stored.
func (s *seal) open(key, stored string) []byte {
	if stored == "" || stored[0] != formatVersion {
		return nil
	}
	data, err := s.aead.Open([]byte{}, nil, []byte(stored[1:]), bound(key))
	if err != nil {
		return nil
	}
	return data
}

// bound is what a sealed value belongs to: moved elsewhere, it does not open.
func bound(key string) []byte { return append([]byte(key), formatVersion) }

// revision tells what is stored from whatever else is or was.
func revision(stored string) string { return stored[:min(len(stored), revisionLength)] }

// random is something that nobody else makes.
func random() string {
	bytes := make([]byte, nameLength)
	_, _ = rand.Read(bytes) // never fails
	return base64.RawURLEncoding.EncodeToString(bytes)
}
