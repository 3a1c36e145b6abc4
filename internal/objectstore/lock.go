package objectstore

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"winback/internal/fsys"
)

// A lock is an object that is written where it was absent or free, and written again by
// its holder six times within Options.Stale. By the clock of the store alone, one that
// was not written for that long is that of a dead process, and is taken over: written
// where it still is the same version, so that one of all that try succeeds. A holder
// that could not write it for half of that time writes nothing else either until it has.

// lockText is what a lock holds.
type lockText struct {
	Holder string `json:"holder"` // "" for a lock that was given back
	Beat   string `json:"beat"`   // of this writing
}

// lease is a lock that is held.
type lease struct {
	s      *Store
	object object
	holder string
	stop   chan struct{}

	mu      sync.Mutex
	etag    string
	renewed time.Time // by the wall clock, since a machine may sleep
	lost    error     // it was taken over
	over    bool      // it was given back
}

// Lock takes the lock of an object. The error wraps fsys.ErrLocked and names the holder
// where one is alive, and says when a dead one is taken over.
func (s *Store) Lock(path string) (io.Closer, error) {
	l := &lease{s: s, object: at(path), holder: fsys.Holder(), stop: make(chan struct{})}
	when, err := s.free(l.object)
	if err == nil {
		err = l.write(l.holder, when)
	}
	if unmatched(err) {
		err = &fault{fsys.ErrLocked.Error() + ", which took it just now", fsys.ErrLocked}
	}
	if err != nil {
		return nil, failed("lock", l.object, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leases = append(s.leases, l)
	go l.beat()
	return l, nil
}

// free says when a lock may be taken.
func (s *Store) free(o object) (condition, error) {
	out, text, err := s.readLock(o)
	for tries := 1; errors.Is(err, io.ErrUnexpectedEOF) && tries < s.opts.Attempts; tries++ {
		time.Sleep(s.pause(tries))
		out, text, err = s.readLock(o)
	}
	if err != nil {
		if isAbsent(failed("lock", o, err)) {
			return condition{absent: true}, nil
		}
		return condition{}, err
	}
	var found lockText
	if err := json.Unmarshal(text, &found); err != nil {
		return condition{}, fmt.Errorf("this is no lock of winback: %w", err)
	}
	now, known := awsmiddleware.GetServerTime(out.ResultMetadata)
	silent := now.Sub(aws.ToTime(out.LastModified))
	if found.Holder != "" && (!known || silent <= s.opts.Stale) {
		return condition{}, &fault{fmt.Sprintf("%v: %s, which gave a sign of life %d s ago; after %d s without one it counts as dead",
			fsys.ErrLocked, found.Holder, max(int(silent.Seconds()), 0), int(s.opts.Stale.Seconds())), fsys.ErrLocked}
	}
	return condition{match: aws.ToString(out.ETag)}, nil
}

func (s *Store) readLock(o object) (*s3.GetObjectOutput, []byte, error) {
	ctx, cancel := limited()
	defer cancel()
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.bucket, Key: &o.key})
	if err != nil {
		return nil, nil, err
	}
	defer out.Body.Close()
	text, err := io.ReadAll(io.LimitReader(out.Body, mostPointer))
	return out, text, err
}

// write writes the lock; l.mu is held, or nobody else has it.
func (l *lease) write(holder string, when condition) error {
	text, err := json.Marshal(lockText{holder, rand.Text()})
	if err != nil {
		return err
	}
	asked := l.s.opts.Now().Round(0)
	etag, err := l.s.put(l.object, append(text, '\n'), when)
	if err == nil {
		l.etag, l.renewed = etag, asked
	}
	return err
}

// beat gives signs of life until the lock is given back. One that could not be given
// is given by the next, or by allowed.
func (l *lease) beat() {
	ticks := time.NewTicker(l.s.opts.Stale / 6)
	defer ticks.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticks.C:
			_ = l.renew(0)
		}
	}
}

// renew gives a sign of life where the last is older than that.
func (l *lease) renew(older time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil || l.over || l.s.opts.Now().Round(0).Sub(l.renewed).Abs() < older {
		return l.lost
	}
	err := l.write(l.holder, condition{match: l.etag})
	if unmatched(err) || isAbsent(failed("lock", l.object, err)) {
		l.lost = failed("lock", l.object, &fault{"another process has taken the lock over, since this one gave no sign of life", fsys.ErrLocked})
		return l.lost
	}
	return failed("lock", l.object, err)
}

// allowed says whether an object may be written: the lock of its folder, where this
// process has taken one, must not have been lost meanwhile.
func (s *Store) allowed(o object) error {
	s.mu.Lock()
	var held *lease
	for _, l := range s.leases {
		folder := strings.TrimSuffix(l.object.key, keyName(l.object.key))
		if l.object.bucket == o.bucket && strings.HasPrefix(o.key, folder) {
			held = l
		}
	}
	s.mu.Unlock()
	if held == nil {
		return nil
	}
	return held.renew(s.opts.Stale / 2)
}

func keyName(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// Close gives the lock back: the object stays, and says that it is free.
func (l *lease) Close() error {
	l.s.forget(l)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil
	}
	l.over = true
	close(l.stop)
	if l.lost != nil {
		return l.lost
	}
	err := l.write("", condition{match: l.etag})
	if unmatched(err) {
		err = nil // it was taken over, and is not ours to give back
	}
	return failed("unlock", l.object, err)
}

func (s *Store) forget(l *lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.leases {
		if s.leases[i] == l {
			s.leases = append(s.leases[:i], s.leases[i+1:]...)
			return
		}
	}
}

func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
