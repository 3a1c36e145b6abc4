package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"winback/internal/fsys"
)

const (
	headBytes  = 16 << 10  // read when an object is opened: all of most small ones
	blockBytes = 256 << 10 // read where less is asked for
	blocksKept = 16        // of one open object
	streamed   = 4 << 20   // read in one go by who reads from front to back
)

// reader is an open object. All of its reads see the same version of it.
type reader struct {
	s      *Store
	object object
	info   info
	etag   string
	head   []byte
	at     int64  // of Read
	ahead  []byte // read, and not yet given out by Read

	mu     sync.Mutex
	blocks []block // the newest last
}

type block struct {
	at    int64
	bytes []byte
}

// Open opens an object and reads its first bytes, in one request.
func (s *Store) Open(path string) (fsys.ReadFile, error) {
	r := &reader{s: s, object: at(path)}
	if r.object.key == "" {
		return nil, &fs.PathError{Op: "open", Path: r.object.url(), Err: errors.New("is a bucket")}
	}
	ctx, cancel := limited()
	defer cancel()
	body, err := r.get(ctx, 0, headBytes)
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable { // it is empty
		if r.info, r.etag, err = s.look(r.object); err != nil {
			return nil, failed("open", r.object, err)
		}
		return r, nil
	}
	if err == nil {
		r.head = make([]byte, min(r.info.size, headBytes))
		err = r.fill(r.head, 0, body)
	}
	if err != nil {
		return nil, failed("open", r.object, err)
	}
	return r, nil
}

// get asks for a stretch; the first request settles the version.
func (r *reader) get(ctx context.Context, at, n int64) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &r.object.bucket, Key: &r.object.key, Range: aws.String(fmt.Sprintf("bytes=%d-%d", at, at+n-1))}
	if r.etag != "" {
		in.IfMatch = &r.etag
	}
	out, err := r.s.client.GetObject(ctx, in)
	if err != nil {
		if unmatched(err) {
			err = &fault{"it was written anew while it was read", fs.ErrInvalid}
		}
		return nil, err
	}
	if r.etag == "" {
		r.etag = aws.ToString(out.ETag)
		r.info = info{path.Base(r.object.key), wholeSize(out), aws.ToTime(out.LastModified), false}
	}
	return out.Body, nil
}

// wholeSize is the size of the object of which an answer holds a stretch.
func wholeSize(out *s3.GetObjectOutput) int64 {
	_, whole, _ := strings.Cut(aws.ToString(out.ContentRange), "/")
	if size, err := strconv.ParseInt(whole, 10, 64); err == nil {
		return size
	}
	return aws.ToInt64(out.ContentLength)
}

// fill reads a stretch from a body that was asked for, and asks again for the rest
// where the body is cut.
func (r *reader) fill(p []byte, at int64, body io.ReadCloser) error {
	n, err := 0, error(nil)
	for tries := 0; ; tries++ {
		if body != nil {
			var got int
			got, err = io.ReadFull(body, p[n:])
			body.Close()
			if n += got; n == len(p) {
				return nil
			}
			if got > 0 {
				tries = 0
			}
		}
		if tries >= r.s.opts.Attempts {
			return &fault{fmt.Sprintf("the answer was cut short %d times at byte %d: %v", tries, at+int64(n), err), io.ErrUnexpectedEOF}
		}
		if tries > 0 {
			time.Sleep(r.s.pause(tries))
		}
		if body, err = r.again(at+int64(n), int64(len(p)-n)); err != nil {
			return err
		}
	}
}

// again asks for a stretch whose body is read later on.
func (r *reader) again(at, n int64) (io.ReadCloser, error) {
	ctx, cancel := limited()
	body, err := r.get(ctx, at, n)
	if err != nil {
		cancel()
		return nil, err
	}
	return &timed{body, cancel}, nil
}

// timed is a body whose time ends with it.
type timed struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (t *timed) Close() error {
	defer t.cancel()
	return t.ReadCloser.Close()
}

// ReadAt reads a stretch with one request, or none where it was read shortly before.
func (r *reader) ReadAt(p []byte, at int64) (int, error) {
	n := int(max(0, min(int64(len(p)), r.info.size-at)))
	short := error(nil)
	if n < len(p) {
		short = io.EOF
	}
	if n == 0 {
		return 0, short
	}
	p = p[:n]
	var err error
	switch {
	case at+int64(n) <= int64(len(r.head)):
		copy(p, r.head[at:])
	case n >= blockBytes/4:
		err = r.fill(p, at, nil)
	default:
		err = r.fromBlocks(p, at)
	}
	if err != nil {
		return 0, failed("read", r.object, err)
	}
	return n, short
}

// fromBlocks reads a small stretch by blocks, which are kept for the next.
func (r *reader) fromBlocks(p []byte, at int64) error {
	for len(p) > 0 {
		b, err := r.block(at / blockBytes * blockBytes)
		if err != nil {
			return err
		}
		n := copy(p, b.bytes[at-b.at:])
		p, at = p[n:], at+int64(n)
	}
	return nil
}

func (r *reader) block(at int64) (block, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.blocks {
		if b.at == at {
			return b, nil
		}
	}
	b := block{at, make([]byte, min(blockBytes, r.info.size-at))}
	if err := r.fill(b.bytes, at, nil); err != nil {
		return b, err
	}
	if len(r.blocks) == blocksKept {
		r.blocks = append(r.blocks[:0], r.blocks[1:]...)
	}
	r.blocks = append(r.blocks, b)
	return b, nil
}

// Read reads on from front to back.
func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.info.size {
		return 0, io.EOF
	}
	if len(r.ahead) == 0 {
		if r.at < int64(len(r.head)) {
			r.ahead = r.head[r.at:]
		} else {
			next := make([]byte, min(streamed, r.info.size-r.at))
			if err := r.fill(next, r.at, nil); err != nil {
				return 0, failed("read", r.object, err)
			}
			r.ahead = next
		}
	}
	n := copy(p, r.ahead)
	r.ahead, r.at = r.ahead[n:], r.at+int64(n)
	return n, nil
}

// Stat implements fsys.ReadFile.
func (r *reader) Stat() (fs.FileInfo, error) { return r.info, nil }

// Close gives back what is held.
func (r *reader) Close() error {
	r.ahead = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks = nil
	return nil
}
