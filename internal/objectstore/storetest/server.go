// Package storetest is an object store for tests: in memory, or the server that the
// environment names, with faults and a count of what is asked in front of it.
package storetest

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memory is a store that knows what winback asks of one, and believes every signature.
type memory struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[string]map[string]stored
	uploads map[string]*pending
}

type stored struct {
	body     []byte
	etag     string
	writer   string
	modified time.Time
}

type pending struct {
	writer string
	parts  map[int][]byte
}

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, buckets: map[string]map[string]stored{}, uploads: map[string]*pending{}}
}

const writerHeader = "X-Amz-Meta-Winback-Writer"

func (m *memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("Date", m.now().UTC().Format(http.TimeFormat))
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method == http.MethodPut && key == "" {
		m.buckets[name] = map[string]stored{}
		return
	}
	bucket, ok := m.buckets[name]
	if !ok {
		refuse(w, r, http.StatusNotFound, "NoSuchBucket")
		return
	}
	switch {
	case key == "":
		list(w, r, bucket)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		get(w, r, bucket, key)
	case r.Method == http.MethodDelete && r.URL.Query().Has("uploadId"):
		delete(m.uploads, r.URL.Query().Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(bucket, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		m.write(w, r, bucket, key)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, status int, code string) {
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>for a test</Message></Error>", code)
	}
}

func get(w http.ResponseWriter, r *http.Request, bucket map[string]stored, key string) {
	o, ok := bucket[key]
	switch match := r.Header.Get("If-Match"); {
	case !ok:
		refuse(w, r, http.StatusNotFound, "NoSuchKey")
		return
	case match != "" && match != o.etag:
		refuse(w, r, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	w.Header().Set("ETag", o.etag)
	w.Header().Set(writerHeader, o.writer)
	http.ServeContent(w, r, "", o.modified, bytes.NewReader(o.body))
}

// write handles a PUT and the POSTs of uploads in parts.
func (m *memory) write(w http.ResponseWriter, r *http.Request, bucket map[string]stored, key string) {
	query := r.URL.Query()
	body, err := content(r)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "IncompleteBody")
		return
	}
	id := query.Get("uploadId")
	switch {
	case query.Has("uploads"):
		id = fmt.Sprint("upload-", len(m.uploads)+1, "-", m.now().UnixNano())
		m.uploads[id] = &pending{r.Header.Get(writerHeader), map[int][]byte{}}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case id != "" && m.uploads[id] == nil:
		refuse(w, r, http.StatusNotFound, "NoSuchUpload")
	case id != "" && query.Has("partNumber"):
		number, _ := strconv.Atoi(query.Get("partNumber"))
		m.uploads[id].parts[number] = body
		w.Header().Set("ETag", etagOf(body))
	case id != "":
		u := m.uploads[id]
		var whole []byte
		for _, n := range slices.Sorted(maps.Keys(u.parts)) {
			whole = append(whole, u.parts[n]...)
		}
		if m.store(w, r, bucket, key, whole, u.writer) {
			delete(m.uploads, id)
			fmt.Fprintf(w, "<CompleteMultipartUploadResult><ETag>%s</ETag></CompleteMultipartUploadResult>", etagOf(whole))
		}
	default:
		m.store(w, r, bucket, key, body, r.Header.Get(writerHeader))
	}
}

// content is the body of a request, without the frames that a client may put it in.
func content(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		return body, err
	}
	var whole []byte
	for {
		head, rest, ok := bytes.Cut(body, []byte("\r\n"))
		size, _, _ := strings.Cut(string(head), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if !ok || err != nil || int(n)+2 > len(rest) && n > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if n == 0 {
			return whole, nil
		}
		whole, body = append(whole, rest[:n]...), rest[n+2:]
	}
}

func (m *memory) store(w http.ResponseWriter, r *http.Request, bucket map[string]stored, key string, body []byte, writer string) bool {
	old, there := bucket[key]
	match := r.Header.Get("If-Match")
	switch {
	case match != "" && !there:
		refuse(w, r, http.StatusNotFound, "NoSuchKey")
		return false
	case r.Header.Get("If-None-Match") == "*" && there, match != "" && match != old.etag:
		refuse(w, r, http.StatusPreconditionFailed, "PreconditionFailed")
		return false
	}
	o := stored{body, etagOf(body), writer, m.now().UTC().Truncate(time.Second)}
	bucket[key] = o
	w.Header().Set("ETag", o.etag)
	return true
}

func etagOf(body []byte) string {
	sum := md5.Sum(body)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

type listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listed
	CommonPrefixes        []prefixed
}

type listed struct {
	Key, ETag, LastModified string
	Size                    int
}

type prefixed struct{ Prefix string }

// mostListed is how many keys a page has, fewer than the 1,000 of S3.
const mostListed = 7

func list(w http.ResponseWriter, r *http.Request, bucket map[string]stored) {
	query := r.URL.Query()
	prefix, delimiter, after := query.Get("prefix"), query.Get("delimiter"), query.Get("continuation-token")
	most := mostListed
	if n, err := strconv.Atoi(query.Get("max-keys")); err == nil {
		most = min(n, most)
	}
	var page listing
	last := ""
	for _, key := range slices.Sorted(maps.Keys(bucket)) {
		if !strings.HasPrefix(key, prefix) || key <= after || after != "" && strings.HasSuffix(after, "/") && strings.HasPrefix(key, after) {
			continue
		}
		name := key
		if inner, _, deeper := strings.Cut(key[len(prefix):], delimiter); delimiter != "" && deeper {
			name = prefix + inner + delimiter
		}
		if name == last {
			continue
		}
		if len(page.Contents)+len(page.CommonPrefixes) == most {
			page.IsTruncated, page.NextContinuationToken = true, last
			break
		}
		if last = name; name == key {
			o := bucket[key]
			page.Contents = append(page.Contents, listed{key, o.etag, o.modified.Format(time.RFC3339), len(o.body)})
		} else {
			page.CommonPrefixes = append(page.CommonPrefixes, prefixed{name})
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(page)
}
