// Package rpc is what Alibaba Cloud's RPC style APIs have in common: the key of a call, its signature, and how a refusal
// is written. The CDN API and STS are two of them.
package rpc
