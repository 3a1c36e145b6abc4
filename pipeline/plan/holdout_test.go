package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
)

func holdout(t *testing.T, key, campaign string, share float64) *Holdout {
	t.Helper()
	h, err := NewHoldout([]byte(key), campaign, share)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func manyIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("c%07d", i)
	}
	return ids
}

func TestHoldout_IsTheDocumentedHash(t *testing.T) {
	h := holdout(t, "secret", "spring", .3)
	for _, id := range manyIDs(200) {
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write([]byte("spring\x00" + id))
		draw := float64(binary.BigEndian.Uint64(mac.Sum(nil))>>11) / (1 << 53)
		if got := h.Held(id); got != (draw < .3) {
			t.Fatalf("draw %v of share .3: held out %v", draw, got)
		}
	}
}

func TestHoldout_HasItsShare(t *testing.T) {
	for _, share := range []float64{0, .01, .1, .5} {
		held := 0
		for _, h := range holdout(t, "secret", "spring", share).HeldOut(manyIDs(100_000)) {
			if h {
				held++
			}
		}
		near(t, "share", float64(held)/100_000, share, .005)
	}
}

func TestHoldout_OtherCustomersAndLargerSharesMoveNobody(t *testing.T) {
	ids := manyIDs(20_000)
	few := holdout(t, "secret", "spring", .1).HeldOut(ids[5000:10_000])
	all := holdout(t, "secret", "spring", .1).HeldOut(ids)
	more := holdout(t, "secret", "spring", .2).HeldOut(ids)
	for i, held := range few {
		if held != all[5000+i] {
			t.Fatalf("customer %d moves when others are added", i)
		}
	}
	for i, held := range all {
		if held && !more[i] {
			t.Fatalf("customer %d leaves the holdout when the share grows", i)
		}
	}
}

func TestHoldout_CampaignsAndKeysDrawIndependently(t *testing.T) {
	ids := manyIDs(50_000)
	first := holdout(t, "secret", "spring", .2).HeldOut(ids)
	for _, other := range []*Holdout{holdout(t, "secret", "autumn", .2), holdout(t, "other", "spring", .2)} {
		both := 0
		for i, held := range other.HeldOut(ids) {
			if held && first[i] {
				both++
			}
		}
		near(t, "held out twice", float64(both)/50_000, .04, .005)
	}
}

func TestHoldout_RefusesWhatCannotBe(t *testing.T) {
	for _, share := range []float64{-.1, 1, 2} {
		if _, err := NewHoldout([]byte("k"), "c", share); err == nil {
			t.Errorf("share %v: no error", share)
		}
	}
	if _, err := NewHoldout(nil, "c", .1); err == nil {
		t.Error("no key: no error")
	}
}
