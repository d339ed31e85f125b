package cdnsim

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
)

// InProcess is an [http.RoundTripper] that hands every request to handler,
// whatever its host, without a socket. A request ends when its context does,
// even if the handler does not. A handler that aborts (http.ErrAbortHandler)
// shows as a broken connection: an error before its first byte, after it a body
// that ends in io.ErrUnexpectedEOF.
func InProcess(handler http.Handler) http.RoundTripper { return inProcess{handler} }

type inProcess struct{ handler http.Handler }

// RoundTrip serves one request.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	served := make(chan *responseWriter, 1)
	inbound := req.Clone(req.Context()) // before the caller gets req back
	go func() { served <- t.serve(inbound) }()
	select {
	case w := <-served:
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
		return w.response(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// serve runs the handler to its end, which may be a panic.
func (t inProcess) serve(req *http.Request) (w *responseWriter) {
	w = &responseWriter{header: http.Header{}}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	defer func() {
		_ = req.Body.Close()
		w.problem = recover()
	}()
	t.handler.ServeHTTP(w, req)
	w.WriteHeader(http.StatusOK)
	return w
}

// responseWriter collects an answer in memory.
type responseWriter struct {
	header  http.Header
	sent    http.Header // header as it was when the status was written
	status  int
	body    bytes.Buffer
	problem any // what the handler panicked with
}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
		maps.DeleteFunc(w.sent, func(_ string, values []string) bool { return len(values) == 0 })
	}
}

func (w *responseWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// response is the answer as a client sees it.
func (w *responseWriter) response(req *http.Request) (*http.Response, error) {
	aborted := w.problem == http.ErrAbortHandler
	switch {
	case w.problem != nil && !aborted:
		return nil, fmt.Errorf("cdnsim: handler panicked: %v", w.problem)
	case aborted && w.status == 0:
		return nil, fmt.Errorf("cdnsim: connection broken: %w", io.ErrUnexpectedEOF)
	}
	resp := &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Request: req, ContentLength: int64(w.body.Len()),
		Body: io.NopCloser(&w.body),
	}
	if aborted {
		resp.ContentLength = -1
		resp.Body = io.NopCloser(io.MultiReader(&w.body, brokenReader{}))
	}
	return resp, nil
}

// brokenReader is the end of a connection that was cut.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
