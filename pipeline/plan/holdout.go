package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// Holdout draws the customers that a campaign leaves alone so that its effect
// can be measured. Who is drawn depends on the key, the campaign and the
// customer's own id only: no other customer, no order of rows and no later run
// of the same campaign moves anybody.
//
// The draw is the first eight bytes, big-endian, of
// HMAC-SHA256(key, campaign + "\x00" + customer id); its upper 53 bits, divided
// by 2^53, are a number in [0, 1), and whoever is below the share is held out.
// A larger share therefore holds out the same customers and more.
type Holdout struct {
	mac    hash.Hash
	prefix int
	input  []byte // campaign, a zero byte, and room for an id
	sum    []byte
	share  float64
}

// NewHoldout makes the draw of a campaign. The share is within [0, 1); 0 holds
// nobody out. A Holdout must not be used by two goroutines at once.
func NewHoldout(key []byte, campaign string, share float64) (*Holdout, error) {
	if !(share >= 0 && share < 1) {
		return nil, fmt.Errorf("holdout share %v: want at least 0 and less than 1", share)
	}
	if len(key) == 0 {
		return nil, errors.New("holdout key is empty")
	}
	return &Holdout{
		mac:    hmac.New(sha256.New, key),
		prefix: len(campaign) + 1,
		input:  append([]byte(campaign), 0),
		share:  share,
	}, nil
}

// Held says whether the customer is held out.
func (h *Holdout) Held(customerID string) bool {
	return h.share > 0 && h.Draw(customerID) < h.share
}

// Draw is the customer's number in [0, 1).
func (h *Holdout) Draw(customerID string) float64 {
	h.input = append(h.input[:h.prefix], customerID...)
	h.mac.Reset()
	h.mac.Write(h.input)
	h.sum = h.mac.Sum(h.sum[:0])
	return float64(binary.BigEndian.Uint64(h.sum)>>11) / (1 << 53)
}

// HeldOut draws all customers: one entry per id.
func (h *Holdout) HeldOut(ids []string) []bool {
	held := make([]bool, len(ids))
	for i, id := range ids {
		held[i] = h.Held(id)
	}
	return held
}
