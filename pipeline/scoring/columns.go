package scoring

import (
	"encoding/binary"
	"errors"
	"math"

	"winback/data"
	"winback/features"
)

// column is what all columns can do, whatever they hold.
type column interface {
	// add appends the entries of those rows of the same column of others; nil: of all.
	// A column that they do not have stays as it is; one that was empty gets room for
	// so many.
	add(other column, rows []int32, room int)
	clear()
	// encode appends the entries to bytes, decode takes as many off as were written.
	encode(to []byte) []byte
	decode(from []byte, rows int) (rest []byte, err error)
}

var errColumns = errors.New("the columns of lapsed customers cannot be read")

// numbers is a column of numbers, each of so many bytes on disk.
type numbers[T any] struct {
	at   *[]T
	size int
	bits func(T) uint64
	from func(uint64) T
}

func whole[T ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint32](at *[]T, size int) column {
	return &numbers[T]{at, size, func(v T) uint64 { return uint64(v) }, func(b uint64) T { return T(b) }}
}

func doubles(at *[]float64) column {
	return &numbers[float64]{at, 8, math.Float64bits, math.Float64frombits}
}

func floats(at *[]float32) column {
	return &numbers[float32]{at, 4, func(v float32) uint64 { return uint64(math.Float32bits(v)) }, func(b uint64) float32 { return math.Float32frombits(uint32(b)) }}
}

func marks(at *[]bool) column {
	return &numbers[bool]{at, 1, func(v bool) uint64 {
		if v {
			return 1
		}
		return 0
	}, func(b uint64) bool { return b&1 == 1 }}
}

func (c *numbers[T]) clear() { *c.at = (*c.at)[:0] }

func (c *numbers[T]) add(other column, rows []int32, room int) {
	*c.at = picked(*c.at, *other.(*numbers[T]).at, rows, room)
}

// picked appends some entries, of a column that has any.
func picked[T any](to, from []T, rows []int32, room int) []T {
	if cap(to) == 0 && len(from) > 0 {
		to = make([]T, 0, room)
	}
	if rows == nil || len(from) == 0 {
		return append(to, from...)
	}
	for _, row := range rows {
		to = append(to, from[row])
	}
	return to
}

func (c *numbers[T]) encode(to []byte) []byte {
	if len(*c.at) == 0 {
		return append(to, 0)
	}
	to = append(to, byte(c.size))
	var b [8]byte
	for _, v := range *c.at {
		binary.LittleEndian.PutUint64(b[:], c.bits(v))
		to = append(to, b[:c.size]...)
	}
	return to
}

func (c *numbers[T]) decode(from []byte, rows int) ([]byte, error) {
	if len(from) == 0 {
		return nil, errColumns
	}
	if from[0] == 0 {
		return from[1:], nil
	}
	from = from[1:]
	if len(from) < rows*c.size {
		return nil, errColumns
	}
	var b [8]byte
	for range rows {
		copy(b[:], from[:c.size])
		*c.at = append(*c.at, c.from(binary.LittleEndian.Uint64(b[:])))
		from = from[c.size:]
	}
	return from, nil
}

// texts is a column of texts.
type texts struct{ at *[]string }

func (c *texts) clear() {
	clear(*c.at)
	*c.at = (*c.at)[:0]
}

func (c *texts) add(other column, rows []int32, room int) {
	*c.at = picked(*c.at, *other.(*texts).at, rows, room)
}

func (c *texts) encode(to []byte) []byte {
	if len(*c.at) == 0 {
		return append(to, 0)
	}
	to = append(to, 1)
	for _, text := range *c.at {
		to = binary.AppendUvarint(to, uint64(len(text)))
	}
	for _, text := range *c.at {
		to = append(to, text...)
	}
	return to
}

func (c *texts) decode(from []byte, rows int) ([]byte, error) {
	if len(from) == 0 {
		return nil, errColumns
	}
	if from[0] == 0 {
		return from[1:], nil
	}
	from = from[1:]
	ends, end := make([]int, rows), 0
	for i := range ends {
		length, used := binary.Uvarint(from)
		if used <= 0 || length > uint64(len(from)) {
			return nil, errColumns
		}
		end += int(length)
		ends[i], from = end, from[used:]
	}
	if end > len(from) {
		return nil, errColumns
	}
	all, start := string(from[:end]), 0
	for _, end := range ends {
		*c.at = append(*c.at, all[start:end])
		start = end
	}
	return from[end:], nil
}

// columns are all columns of the customers, in the order in which they are written.
func (l *Lapsed) columns() []column {
	all := []column{&texts{&l.IDs}, doubles(&l.Probability), doubles(&l.Score), doubles(&l.Inside), whole(&l.Leaf, 4), doubles(&l.ExpectedSpend),
		whole(&l.RecencyDays, 4), whole(&l.Orders, 4), floats(&l.IntervalMeanDays), whole[data.Money](&l.Monetary, 8), whole[data.Day](&l.LastPurchaseDay, 4),
		whole[features.Stage](&l.Stage, 1), whole(&l.PreferredChannel, 4), whole(&l.PreferredHour, 1), whole(&l.Weekday, 1), whole(&l.WaitDays, 2),
		marks(&l.Suppressed), &texts{&l.Hold}, whole[data.Day](&l.HoldUntil, 4), marks(&l.HeldOut)}
	for i := range l.Others {
		all = append(all, floats(&l.Others[i]))
	}
	return all
}

// Len is how many customers there are.
func (l *Lapsed) Len() int { return len(l.IDs) }

// like is without customers, with as many columns.
func (l *Lapsed) like() *Lapsed {
	return &Lapsed{Others: make([][]float32, len(l.Others)), Channels: l.Channels}
}

// add appends those rows of others, nil: all of them, to columns of about so many.
func (l *Lapsed) add(o *Lapsed, rows []int32, room int) {
	from := o.columns()
	for i, c := range l.columns() {
		c.add(from[i], rows, room)
	}
}

// clear leaves nobody, and the room that the columns take.
func (l *Lapsed) clear() {
	for _, c := range l.columns() {
		c.clear()
	}
}

// encode appends all customers to bytes.
func (l *Lapsed) encode(to []byte) []byte {
	to = binary.AppendUvarint(to, uint64(l.Len()))
	for _, c := range l.columns() {
		to = c.encode(to)
	}
	return to
}

// decode appends the customers that encode wrote.
func (l *Lapsed) decode(from []byte) (err error) {
	rows, used := binary.Uvarint(from)
	if used <= 0 || rows > uint64(len(from)) {
		return errColumns
	}
	from = from[used:]
	for _, c := range l.columns() {
		if from, err = c.decode(from, int(rows)); err != nil {
			return err
		}
	}
	if len(from) > 0 {
		return errColumns
	}
	return nil
}
