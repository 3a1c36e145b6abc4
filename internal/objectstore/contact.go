package objectstore

import (
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// contact sends the requests to a store. As long as none was answered, it gives one up
// sooner than later ones, and says on the log that it waits: an address at which no store
// is would otherwise take minutes of nothing.
type contact struct {
	first, later aws.HTTPClient
	silence      time.Duration
	answered     atomic.Bool
	silent       atomic.Int32 // requests given up before the first answer
	said         sync.Once
}

// firstTries is how many requests are given up before a store counts as not there.
const firstTries = 2

// over makes the contact by what the environment says of connections, such as a CA bundle.
func (c *contact) over(client aws.HTTPClient) aws.HTTPClient {
	usual, ok := client.(*awshttp.BuildableClient)
	if !ok {
		usual = awshttp.NewBuildableClient()
	}
	c.later = usual
	c.first = usual.WithDialerOptions(func(d *net.Dialer) { d.Timeout = c.silence }).
		WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = c.silence })
	return c
}

// Do implements aws.HTTPClient.
func (c *contact) Do(r *http.Request) (*http.Response, error) {
	if c.answered.Load() {
		return c.later.Do(r)
	}
	waiting := time.AfterFunc(c.silence/6, func() {
		c.said.Do(func() { log.Printf("waiting for the object store at %s, which has not answered yet", r.URL.Host) })
	})
	defer waiting.Stop()
	answer, err := c.first.Do(r)
	switch {
	case err == nil:
		c.answered.Store(true)
	case isSilence(err):
		c.silent.Add(1)
	}
	return answer, err
}

// hopeless says that no store seems to be there.
func (c *contact) hopeless() bool { return !c.answered.Load() && c.silent.Load() >= firstTries }

// isSilence says that a connection or an answer was waited for in vain.
func isSilence(err error) bool {
	var waited net.Error
	return errors.As(err, &waited) && waited.Timeout()
}
