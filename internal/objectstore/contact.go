package objectstore

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
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
		return ofStore(r, c.later)
	}
	waiting := time.AfterFunc(c.silence/5, func() {
		c.said.Do(func() {
			log.Printf("waiting for the object store at %s, which has not answered yet; it is given up after %d tries of %s", r.URL.Host, firstTries, c.silence)
		})
	})
	defer waiting.Stop()
	answer, err := ofStore(r, c.first)
	var other *page
	switch {
	case err == nil, errors.As(err, &other):
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

// page is an answer that no store gives: an HTML page, as proxies and pages to sign in send.
type page struct {
	host   string
	status int
}

func (p *page) Error() string {
	return fmt.Sprintf("an HTML page answers at %s (status %d): a proxy or a page to sign in stands where the object store should be", p.host, p.status)
}

// ofStore sends a request and wants the answer of a store. An object may be an HTML page;
// it has an ETag, and what a store says has a number or is XML.
func ofStore(r *http.Request, client aws.HTTPClient) (*http.Response, error) {
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	h := answer.Header
	if strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/html") && h.Get("ETag") == "" && h.Get("X-Amz-Request-Id") == "" {
		answer.Body.Close()
		return nil, &page{r.URL.Host, answer.StatusCode}
	}
	return answer, nil
}
