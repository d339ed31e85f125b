// Package stssim simulates who gives out the keys of sessions: Alibaba Cloud's STS, and the metadata service of an ECS
// instance. Tests reach both over HTTP, and hand the keys on to a simulated CDN API.
//
// It is strict: a call that is signed wrongly, or a token that is another's, is refused with the error that the
// documentation names. It shares no code with the client and uses no Alibaba SDK, so that a mistake cannot cancel itself
// out.
package stssim
