// Package sts gets the keys of sessions: from STS, from the metadata service of an instance, and from wherever else Alibaba
// Cloud's SDK looks for them. A [Session] keeps one fresh.
//
// It makes the calls that the SDK's providers make. Those cannot be used: they know no context, have HTTP clients of their
// own and are not safe for concurrent use.
//
// It knows nothing of Grafana. None of its errors quotes a secret, a key id, a path, or what another said.
package sts
