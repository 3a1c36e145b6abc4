package storetest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/internal/objectstore"
)

// EndpointVariable names the environment variable with the address of a server that
// tests use in place of the store in memory; credentials are those of the AWS variables.
const EndpointVariable = "STORETEST_ENDPOINT"

// Fault is what happens to a request.
type Fault int

// The faults of a request. Lost ones are answered with a server error although they
// were done; Cut ones break off within the answer.
const (
	None Fault = iota
	ServerError
	SlowDown
	Unavailable
	Lost
	Cut
	Dead // nothing is done from here on, whoever asks
	DeadAfter
)

// Store is an object store with one bucket of its own, and faults in front of it.
type Store struct {
	Bucket string // s3://…

	inner  http.Handler
	clock  func() time.Time
	skewed atomic.Int64

	mu       sync.Mutex
	fault    func(n int, r *http.Request) Fault
	requests []Request
	dead     bool
}

// Request is one that was made.
type Request struct {
	Method, Path, Range string
	Bytes               int64 // of the answer
}

var buckets atomic.Int64

// Start starts a store that ends with the test, and points the AWS variables to it.
func Start(t testing.TB, clock func() time.Time) *Store {
	t.Helper()
	s := &Store{clock: clock}
	now := func() time.Time { return clock().Add(time.Duration(s.skewed.Load())) }
	s.inner = newMemory(now)
	if real := os.Getenv(EndpointVariable); real != "" {
		target, err := url.Parse(real)
		if err != nil {
			t.Fatal(err)
		}
		s.inner = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	} else {
		t.Setenv("AWS_ACCESS_KEY_ID", "winback")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-test")
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	name := fmt.Sprintf("bucket-%d-%d", os.Getpid(), buckets.Add(1))
	s.Bucket = "s3://" + name
	if err := objectstore.MakeBucket(name); err != nil {
		t.Fatal(err)
	}
	return s
}

// StartInMemory starts the store in memory whatever the environment names, for tests that
// set its clock with Age.
func StartInMemory(t testing.TB, clock func() time.Time) *Store {
	t.Helper()
	t.Setenv(EndpointVariable, "")
	return Start(t, clock)
}

// Real says whether the store is a server that the environment names.
func Real() bool { return os.Getenv(EndpointVariable) != "" }

// Age makes all that was written so far older, where the store is in memory.
func (s *Store) Age(by time.Duration) { s.skewed.Add(int64(by)) }

// Files are the file system of the machine with the store, as a new process has them.
func (s *Store) Files() fsys.FS {
	return objectstore.Files(fsys.OS(), objectstore.Options{Now: s.clock, Backoff: time.Millisecond})
}

// Orphan makes the lock of an output folder that of a process that died long ago.
func (s *Store) Orphan(out string) error {
	if !Real() {
		s.Age(time.Hour)
		return nil
	}
	return s.Files().RemoveAll(out + "/.lock")
}

// Fail lets requests fail from now on, counted anew from 1.
func (s *Store) Fail(fault func(n int, r *http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.requests, s.dead = fault, nil, false
}

// Requests are those since the last Fail, or since the start.
func (s *Store) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP implements http.Handler.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, at := s.begin(r)
	counted := &counter{ResponseWriter: w}
	switch fault {
	case None:
		s.inner.ServeHTTP(counted, r)
	case ServerError:
		answer(w, http.StatusInternalServerError, "InternalError")
	case SlowDown:
		answer(w, http.StatusServiceUnavailable, "SlowDown")
	case Unavailable:
		answer(w, http.StatusServiceUnavailable, "ServiceUnavailable")
	case Lost:
		s.inner.ServeHTTP(httptest.NewRecorder(), r)
		answer(w, http.StatusInternalServerError, "InternalError")
	case Cut:
		counted.cut = true
		s.inner.ServeHTTP(counted, r)
		panic(http.ErrAbortHandler)
	case DeadAfter:
		s.inner.ServeHTTP(httptest.NewRecorder(), r)
		answer(w, http.StatusForbidden, "Dead")
	case Dead:
		answer(w, http.StatusForbidden, "Dead")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at < len(s.requests) {
		s.requests[at].Bytes = counted.bytes
	}
}

func (s *Store) begin(r *http.Request) (Fault, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path + "?" + r.URL.RawQuery, Range: r.Header.Get("Range")})
	n := len(s.requests)
	if s.dead {
		return Dead, n - 1
	}
	if s.fault == nil {
		return None, n - 1
	}
	fault := s.fault(n, r)
	s.dead = fault == Dead || fault == DeadAfter
	return fault, n - 1
}

func answer(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = io.Copy(w, strings.NewReader("<Error><Code>"+code+"</Code><Message>for a test</Message></Error>"))
}

// counter counts what is answered, and cuts it in half where that is asked for.
type counter struct {
	http.ResponseWriter
	cut   bool
	bytes int64
}

func (c *counter) Write(p []byte) (int, error) {
	if c.cut {
		n, _ := c.ResponseWriter.Write(p[:len(p)/2])
		if f, ok := c.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		c.bytes += int64(n)
		panic(http.ErrAbortHandler)
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}
