package survey

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"winback/data"
	"winback/data/orders"
)

// countedHead is what a range tells beside its sums.
type countedHead struct {
	OfOne  int64            `json:"most_orders"` // of one customer
	Guests map[string]int64 `json:"guests"`      // customers by the beginning of their id
	Totals [][]byte         `json:"totals"`      // the first ids that may be lines of totals
}

// Parts are what was counted as byte strings, for AddCounted elsewhere: the head in JSON,
// sums, hashes of ids, waits for the second purchase. dropped is how many duplicates there
// were.
func (c *Counter) Parts(dropped int64) ([][]byte, error) {
	s := c.total(dropped)
	head := countedHead{OfOne: s.OfOne, Guests: s.spelled.guests}
	for _, id := range s.spelled.totals {
		head.Totals = append(head.Totals, []byte(id))
	}
	text, err := json.Marshal(head)
	var sums sumWriter
	single, byDay, small := s.sums()
	for _, n := range single {
		sums.put(*n)
	}
	putAll(&sums, byDay)
	putAll(&sums, small)
	var hashes, waits []byte
	for _, hash := range s.spelled.hashes {
		hashes = binary.LittleEndian.AppendUint64(hashes, hash)
	}
	for _, i := range s.secondPurchases {
		waits = binary.AppendUvarint(waits, uint64(i.second-s.FirstDay))
		waits = binary.AppendUvarint(waits, uint64(i.days))
	}
	return [][]byte{text, sums.out, hashes, waits}, err
}

// AddCounted adds what a range has counted elsewhere, within the same frame.
func (c *Counter) AddCounted(parts [][]byte) error {
	const whole = 4
	if len(parts) != whole {
		return fmt.Errorf("want a head, sums, hashes and waits, found %d parts", len(parts))
	}
	var head countedHead
	if err := json.Unmarshal(parts[0], &head); err != nil {
		return fmt.Errorf("the head of counts: %w", err)
	}
	s := c.surveys.Take()
	defer c.surveys.GiveBack(s)
	s.OfOne = max(s.OfOne, head.OfOne)
	for begin, n := range head.Guests {
		s.spelled.guests[begin] += n
	}
	var totals []string
	for _, id := range head.Totals {
		if orders.TotalBegin(string(id)) == "" {
			return fmt.Errorf("the head of counts: %q is no line of totals", id)
		}
		totals = append(totals, string(id))
	}
	s.spelled.addTotals(totals)
	return errors.Join(s.addSums(parts[1]), s.spelled.addHashes(parts[2]), s.addWaits(parts[3]))
}

// Total ends it.
func (c *Counter) Total() *Survey { return c.total(0) }

func (s *Survey) addSums(text []byte) error {
	in := sumReader{in: text}
	single, byDay, small := s.sums()
	for _, n := range single {
		*n += in.next(math.MaxInt64)
	}
	takeAll(&in, byDay, math.MaxInt64)
	takeAll(&in, small, math.MaxInt32)
	return in.end()
}

func (s *spellings) addHashes(text []byte) error {
	if len(text)%8 != 0 {
		return fmt.Errorf("hashes of ids: want 8 bytes each, found %d", len(text))
	}
	for ; len(text) > 0; text = text[8:] {
		s.hashes = append(s.hashes, binary.LittleEndian.Uint64(text))
	}
	return nil
}

func (s *Survey) addWaits(text []byte) error {
	for len(text) > 0 {
		second, n := binary.Uvarint(text)
		days, m := binary.Uvarint(text[max(n, 0):])
		if n <= 0 || m <= 0 || second >= uint64(len(s.DayLines)) || days > second {
			return errors.New("waits for the second purchase lie outside of the days of the orders, or are cut")
		}
		s.secondPurchases = append(s.secondPurchases, interval{s.FirstDay + data.Day(second), int32(days)})
		text = text[n+m:]
	}
	return nil
}

// sumWriter writes numbers, most of which are 0: each other one behind how many zeros
// are before it, as varints.
type sumWriter struct {
	out   []byte
	zeros uint64
}

func (w *sumWriter) put(n int64) {
	if n == 0 {
		w.zeros++
		return
	}
	w.out = binary.AppendUvarint(binary.AppendUvarint(w.out, w.zeros), uint64(n))
	w.zeros = 0
}

func putAll[N int32 | int64](w *sumWriter, lists [][]N) {
	for _, list := range lists {
		for _, n := range list {
			w.put(int64(n))
		}
	}
}

// sumReader reads what sumWriter wrote; behind the last all are 0.
type sumReader struct {
	in    []byte
	zeros uint64
	value uint64 // behind the zeros; 0: not read yet
	err   error
}

// next is 0 once something was wrong.
func (r *sumReader) next(most uint64) int64 {
	if r.value == 0 {
		if len(r.in) == 0 {
			return 0
		}
		var n, m int
		r.zeros, n = binary.Uvarint(r.in)
		r.value, m = binary.Uvarint(r.in[max(n, 0):])
		if n <= 0 || m <= 0 || r.value == 0 {
			r.fail("cut, or 0 behind zeros")
			return 0
		}
		r.in = r.in[n+m:]
	}
	if r.zeros > 0 {
		r.zeros--
		return 0
	}
	value := r.value
	if r.value = 0; value > most {
		r.fail(fmt.Sprintf("%d, at most %d are possible", value, most))
		return 0
	}
	return int64(value)
}

func (r *sumReader) fail(why string) { r.err, r.in, r.value = fmt.Errorf("sums: %s", why), nil, 0 }

func takeAll[N int32 | int64](r *sumReader, lists [][]N, most uint64) {
	for _, list := range lists {
		for i := range list {
			list[i] += N(r.next(most))
		}
	}
}

func (r *sumReader) end() error {
	if r.err == nil && (r.value > 0 || len(r.in) > 0) {
		return errors.New("sums: there are more than the orders have days")
	}
	return r.err
}
