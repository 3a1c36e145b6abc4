package survey

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/data/wire"
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
	var sums wire.NumberWriter
	s.putSums(&sums)
	var hashes, waits []byte
	for _, hash := range s.spelled.hashes {
		hashes = binary.LittleEndian.AppendUint64(hashes, hash)
	}
	for _, i := range s.secondPurchases {
		waits = binary.AppendUvarint(waits, uint64(i.second-s.FirstDay))
		waits = binary.AppendUvarint(waits, uint64(i.days))
	}
	return [][]byte{text, sums.Bytes(), hashes, waits}, err
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
	in := wire.NumbersOf(text)
	s.putSums(in)
	if err := in.End(); err != nil {
		return fmt.Errorf("sums: %w", err)
	}
	return nil
}

// putSums writes all sums, or adds those that are read.
func (s *Survey) putSums(to wire.Sums) {
	single, byDay, small := s.sums()
	for _, n := range single {
		*n = to.Sum(*n)
	}
	for _, list := range byDay {
		wire.SumEach(to, list)
	}
	for _, list := range small {
		wire.SumEach(to, list)
	}
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
