package sharedcache

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestURLsSayWhichServer(t *testing.T) {
	for text, want := range map[string]place{
		"redis://cache":              {addresses: []string{"cache:6379"}},
		" rediss://cache:7000/3 ":    {addresses: []string{"cache:7000"}, database: 3, encrypted: true},
		"redis://grafana@cache":      {addresses: []string{"cache:6379"}, user: "grafana"},
		"redis://[::1]":              {addresses: []string{"[::1]:6379"}},
		"redis://a?addr=b:1&addr=c":  {addresses: []string{"a:6379", "b:1", "c:6379"}},
		"redis://a/?addr=[::2]:1":    {addresses: []string{"a:6379", "[::2]:1"}},
		"redis://a?master_name=main": {addresses: []string{"a:6379"}, master: "main"},
		"rediss://a:26379/1?master_name=main&addr=b:26379": {
			addresses: []string{"a:26379", "b:26379"}, master: "main", database: 1, encrypted: true,
		},
	} {
		got, err := parseURL(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		require.NoError(t, CheckURL(text))
	}
}

func TestURLsThatAreNotTakenSayWhyWithoutQuotingThem(t *testing.T) {
	for text, want := range map[string]error{
		"":                                    ErrScheme,
		"cache:6379":                          ErrScheme,
		"http://cache":                        ErrScheme,
		"unix:///var/run/redis.sock":          ErrScheme,
		"redis://":                            ErrHost,
		"redis://:6379":                       ErrHost,
		"redis:cache":                         ErrHost,
		"redis://a?addr=":                     ErrHost,
		"redis://grafana:s3cret@cache":        ErrPasswordInURL,
		"redis://:s3cret@cache":               ErrPasswordInURL,
		"redis://cache?password=s3cret":       ErrPasswordInURL,
		"redis://:s3cret@":                    ErrPasswordInURL,
		"redis://s3cret\x7f":                  ErrURL,
		"redis://cache:s3cret":                ErrURL,
		"redis://cache/s3cret":                ErrURL,
		"redis://cache/-1":                    ErrURL,
		"redis://cache/1/2":                   ErrURL,
		"redis://cache#s3cret":                ErrURL,
		"redis://cache?skip_verify=true":      ErrURL,
		"redis://cache?master_name=":          ErrURL,
		"redis://a?master_name=b&master_name": ErrURL,
		"redis://a?%zz":                       ErrURL,
		"redis://a/1?addr=b:6379":             ErrURL, // a Cluster
	} {
		_, err := Open(Config{URL: text})
		require.ErrorIs(t, err, want, text)
		require.NotContains(t, err.Error(), "s3cret")
		require.Equal(t, want, CheckURL(text), text)
	}
}
