package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/aws/smithy-go"
)

// ErrNoBucket says that there is no bucket of that name.
var ErrNoBucket = errors.New("no such bucket")

// fault is an answer of the store in words, and what a file system would call it.
type fault struct {
	text string
	is   error
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.is }

// failed is the error of a request about an object: a *fs.PathError with its URL. It
// has the code and the words of the store, never a header of the request.
func failed(op string, o object, err error) error {
	if err == nil {
		return nil
	}
	var known *fs.PathError
	if errors.As(err, &known) {
		return err
	}
	return &fs.PathError{Op: op, Path: o.url(), Err: inWords(o, err)}
}

func inWords(o object, err error) error {
	var api smithy.APIError
	var asked *smithy.OperationError
	switch {
	case !errors.As(err, &asked): // words of our own, or what reading an answer gave
		return err
	case !errors.As(err, &api):
		return unanswered(asked)
	}
	code, status := api.ErrorCode(), statusOf(err)
	switch {
	case code == "NoSuchBucket":
		return &fault{fmt.Sprintf("there is no bucket %q at the store (%s)", o.bucket, code), ErrNoBucket}
	case status == http.StatusNotFound:
		return fs.ErrNotExist
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return &fault{fmt.Sprintf("the store refuses access (%s): want credentials with rights to this bucket, and its region", said(api)), fs.ErrPermission}
	case status == http.StatusMovedPermanently:
		return &fault{fmt.Sprintf("the bucket lies in another region (%s): set AWS_REGION", code), fs.ErrInvalid}
	}
	return &fault{"the store answers " + said(api), nil}
}

func said(api smithy.APIError) string {
	if api.ErrorMessage() == "" {
		return api.ErrorCode()
	}
	return api.ErrorCode() + ": " + api.ErrorMessage()
}

// unanswered are the words for a store that gave no answer.
func unanswered(asked *smithy.OperationError) error {
	err := asked.Err
	var sent *smithyhttp.RequestSendError
	var other *page
	switch {
	case errors.As(err, &other):
		return &fault{other.Error(), nil}
	case statusOf(err) > 0:
		return &fault{fmt.Sprintf("what answers is no object store, or a proxy before it: status %d, and words that are not those of a store", statusOf(err)), nil}
	case errors.As(err, &sent) && isSilence(sent.Err):
		return &fault{fmt.Sprintf("the store is not reached, or accepts the connection and does not answer: %v", sent.Err), context.DeadlineExceeded}
	case errors.Is(err, context.DeadlineExceeded):
		return &fault{fmt.Sprintf("the store has not answered within %s", requestTime), context.DeadlineExceeded}
	case errors.As(err, &sent):
		return &fault{fmt.Sprintf("the store is not reached: %v", sent.Err), nil}
	}
	none := ""
	if strings.Contains(err.Error(), "get credentials: ") { // the client has no type for it
		none = "no credentials found: "
	}
	return &fault{fmt.Sprintf("%s%v (credentials, region and endpoint are those of the AWS client: AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL)", none, err), nil}
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// unmatched says that the condition of a request was not met.
func unmatched(err error) bool { return statusOf(err) == http.StatusPreconditionFailed }
