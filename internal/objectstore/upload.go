package objectstore

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"winback/internal/fsys"
)

// partBytes is how much of a file is held until it is sent: the size of the parts of a
// large object, of which a store takes 10,000.
const partBytes = 8 << 20

// upload is an object being written. It is there once it was synced: in one request,
// or as parts that the last request joins. Closed before, it never was.
type upload struct {
	s      *Store
	object object
	when   condition
	writer string
	held   []byte
	id     *string // of the upload in parts; nil: nothing was sent yet
	parts  []types.CompletedPart
	done   bool
}

// Create makes a new object. Where one is there, it is Sync that fails.
func (s *Store) Create(path string) (fsys.File, error) { return s.begin(path, condition{absent: true}) }

// Replace implements fsys.Objects.
func (s *Store) Replace(path string) (fsys.File, error) { return s.begin(path, always) }

func (s *Store) begin(path string, when condition) (fsys.File, error) {
	o := at(path)
	if o.key == "" {
		return nil, &fs.PathError{Op: "create", Path: o.url(), Err: errors.New("want a path inside the bucket")}
	}
	return &upload{s: s, object: o, when: when, writer: rand.Text()}, s.allowed(o)
}

// Write implements io.Writer.
func (u *upload) Write(p []byte) (int, error) {
	if u.done {
		return 0, failed("write", u.object, fs.ErrClosed)
	}
	taken := 0
	for len(p) > 0 {
		if u.held == nil {
			u.held = make([]byte, 0, min(max(len(p), 64<<10), partBytes))
		}
		n := min(len(p), partBytes-len(u.held))
		u.held = append(u.held, p[:n]...)
		p, taken = p[n:], taken+n
		if len(u.held) == partBytes {
			if err := u.send(); err != nil {
				return taken, failed("write", u.object, err)
			}
		}
	}
	return taken, nil
}

// send sends what is held as the next part.
func (u *upload) send() error {
	ctx, cancel := limited()
	defer cancel()
	if err := u.s.allowed(u.object); err != nil {
		return err
	}
	if u.id == nil {
		in := &s3.CreateMultipartUploadInput{Bucket: &u.object.bucket, Key: &u.object.key, Metadata: map[string]string{writerKey: u.writer}}
		if u.s.client.Options().RequestChecksumCalculation != aws.RequestChecksumCalculationWhenRequired {
			in.ChecksumAlgorithm = types.ChecksumAlgorithmCrc32 // as the client gives it to each part, unasked
		}
		out, err := u.s.client.CreateMultipartUpload(ctx, in)
		if err != nil {
			return err
		}
		u.id = out.UploadId
	}
	number := aws.Int32(int32(len(u.parts) + 1))
	out, err := u.s.client.UploadPart(ctx, &s3.UploadPartInput{Bucket: &u.object.bucket, Key: &u.object.key, UploadId: u.id, PartNumber: number,
		Body: bytes.NewReader(u.held), ContentLength: aws.Int64(int64(len(u.held)))})
	if err != nil {
		return err
	}
	u.parts = append(u.parts, types.CompletedPart{PartNumber: number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32})
	u.held = u.held[:0]
	return nil
}

// Sync makes the object appear.
func (u *upload) Sync() error {
	if u.done {
		return nil
	}
	err := u.s.allowed(u.object)
	if err == nil && u.id == nil {
		_, err = u.s.put(u.object, u.held, u.when)
	} else if err == nil {
		err = u.join()
	}
	if unmatched(err) {
		err = fs.ErrExist
	}
	u.done = err == nil
	return failed("write", u.object, err)
}

// join makes one object of the parts.
func (u *upload) join() error {
	if len(u.held) > 0 {
		if err := u.send(); err != nil {
			return err
		}
	}
	ctx, cancel := limited()
	defer cancel()
	in := &s3.CompleteMultipartUploadInput{Bucket: &u.object.bucket, Key: &u.object.key, UploadId: u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts}}
	in.IfNoneMatch, in.IfMatch = u.when.headers()
	_, err := u.s.client.CompleteMultipartUpload(ctx, in)
	if err == nil {
		return nil
	}
	// The parts are gone once they were joined, so that the next attempt of a request
	// whose answer was lost finds no upload.
	if _, mine := u.s.wrote(u.object, u.writer); mine {
		return nil
	}
	return err
}

// Close gives up what was not synced.
func (u *upload) Close() error {
	if u.done || u.id == nil {
		u.done, u.held = true, nil
		return nil
	}
	u.done, u.held = true, nil
	ctx, cancel := limited()
	defer cancel()
	_, err := u.s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &u.object.bucket, Key: &u.object.key, UploadId: u.id})
	return failed("close", u.object, err)
}
