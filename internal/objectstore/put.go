package objectstore

import (
	"bytes"
	"crypto/rand"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// condition is when an object may be written.
type condition struct {
	absent bool
	match  string // its ETag; "": whatever it is
}

var always = condition{}

func (c condition) headers() (ifNone, ifMatch *string) {
	if c.absent {
		ifNone = aws.String("*")
	}
	if c.match != "" {
		ifMatch = aws.String(c.match)
	}
	return ifNone, ifMatch
}

// writerKey is the metadata by which a writer knows its own object again: an answer may
// be lost although the object was written, and the next attempt finds it in its way.
const writerKey = "winback-writer"

// put writes an object in one request, where the condition holds. Where it does not,
// the error is unmatched.
func (s *Store) put(o object, body []byte, when condition) (etag string, err error) {
	ctx, cancel := limited()
	defer cancel()
	writer := rand.Text()
	in := &s3.PutObjectInput{Bucket: &o.bucket, Key: &o.key, Body: bytes.NewReader(body), ContentLength: aws.Int64(int64(len(body))), Metadata: map[string]string{writerKey: writer}}
	in.IfNoneMatch, in.IfMatch = when.headers()
	out, err := s.client.PutObject(ctx, in)
	if err == nil {
		return aws.ToString(out.ETag), nil
	}
	if etag, mine := s.wrote(o, writer); unmatched(err) && mine {
		return etag, nil
	}
	return "", err
}

// wrote says whether the object is that of a writer, after all.
func (s *Store) wrote(o object, writer string) (etag string, mine bool) {
	ctx, cancel := limited()
	defer cancel()
	head, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &o.key})
	if err != nil {
		return "", false
	}
	return aws.ToString(head.ETag), head.Metadata[writerKey] == writer
}
