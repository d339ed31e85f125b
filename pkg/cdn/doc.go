// Package cdn speaks the Alibaba Cloud CDN API: it sends and decodes calls, and classifies what comes back.
//
// It knows HTTP and the API, nothing of Grafana and nothing of time ranges. Each operation has a file of its own, named
// like the operation.
package cdn
