// Package objectstore reads and writes the objects of S3 and of stores that speak like it
// as files of an fsys.FS. Credentials, region and endpoint are what the usual chain of
// the AWS client says: environment, shared files, roles.
package objectstore

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"winback/internal/fsys"
)

// Options are how a store is spoken to.
type Options struct {
	Now      func() time.Time // the clock, for leases of locks
	Attempts int              // of one request; 0: 8
	Backoff  time.Duration    // the longest wait between two; 0: 20 s
	Silence  time.Duration    // of a store that never answered yet, after which a request is given up; 0: 15 s
	Stale    time.Duration    // without a sign of life, after which the holder of a lock counts as dead; 0: 60 s
}

// Store is the objects of all buckets that the credentials open. It is safe for
// concurrent use.
type Store struct {
	client *s3.Client
	opts   Options

	mu     sync.Mutex
	leases []*lease
}

var _ fsys.Objects = (*Store)(nil)

// requestTime bounds one request with its attempts' bodies.
const requestTime = 5 * time.Minute

// New makes a client of what the environment says. It asks nothing of the store.
func New(opts Options) (*Store, error) {
	if opts.Attempts == 0 {
		opts.Attempts = 8
	}
	if opts.Backoff == 0 {
		opts.Backoff = 20 * time.Second
	}
	if opts.Silence == 0 {
		opts.Silence = 15 * time.Second
	}
	if opts.Stale == 0 {
		opts.Stale = time.Minute
	}
	first := &contact{silence: opts.Silence}
	loaded, err := config.LoadDefaultConfig(context.Background(), config.WithLogger(logging.Nop{}), config.WithRetryer(func() aws.Retryer { return retryer(opts, first) }))
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" {
		loaded.Region = "us-east-1" // where S3 says itself which region a bucket is in
	}
	client := s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle = os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_S3") != "" || loaded.BaseEndpoint != nil
		o.HTTPClient = first.over(loaded.HTTPClient)
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	return &Store{client: client, opts: opts}, nil
}

// retryer tries again what S3 asks to try again: server errors, slow-downs, broken
// connections, and conditions that two requests at a time could not settle.
func retryer(opts Options, first *contact) aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = opts.Attempts, opts.Backoff
		o.RateLimiter = ratelimit.None
	})
	return retry.AddWithErrorCodes(&cutAnswers{standard, first}, "ConditionalRequestConflict", "OperationAborted")
}

// cutAnswers tries again where an answer broke off before it could be understood, which
// the client takes for the last word; and not where no store seems to be there at all, or
// something else in its place.
type cutAnswers struct {
	*retry.Standard
	first *contact
}

func (c *cutAnswers) IsErrorRetryable(err error) bool {
	if c.first.hopeless() {
		return false
	}
	var other *page
	if errors.As(err, &other) {
		return other.status >= http.StatusInternalServerError // a proxy whose store is not up
	}
	var cut *smithy.DeserializationError
	return errors.As(err, &cut) || c.Standard.IsErrorRetryable(err)
}

// pause is how long to wait before the body of an answer is asked for once more.
func (s *Store) pause(tries int) time.Duration {
	return min(s.opts.Backoff, 50*time.Millisecond<<tries)
}

func limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), requestTime)
}

// object is a place in a store.
type object struct{ bucket, key string }

func at(path string) object {
	bucket, key := fsys.Key(path)
	return object{bucket, key}
}

func (o object) url() string { return fsys.Join("s3://"+o.bucket, o.key) }

// prefix is what the keys below a folder begin with.
func (o object) prefix() string {
	if o.key == "" {
		return ""
	}
	return o.key + "/"
}

// MakeBucket makes a bucket, for tests: winback makes none.
func MakeBucket(name string) error {
	s, err := New(Options{})
	if err != nil {
		return err
	}
	ctx, cancel := limited()
	defer cancel()
	_, err = s.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	return failed("make", object{name, ""}, err)
}
