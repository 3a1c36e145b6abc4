package columnar

import "github.com/parquet-go/parquet-go"

// Values are those of one column in some rows, in the slice of its type.
type Values struct {
	Ints   []int64   // BOOLEAN (0 or 1), INT32, INT64; NullInt is null in an optional column
	Floats []float64 // DOUBLE; NaN is null in an optional column
	Texts  []string  // BYTE_ARRAY; "" is null in an optional column
	Codes  []uint32  // BYTE_ARRAY in place of Texts: index into Dict plus one; 0 is null
	Dict   []string  // of Codes: ascending in byte order, the same in all calls
}

// rows is how many values there are in the slice of a type.
func (v *Values) rows(kind parquet.Kind) int {
	switch kind {
	case parquet.Double:
		return len(v.Floats)
	case parquet.ByteArray:
		return max(len(v.Texts), len(v.Codes))
	}
	return len(v.Ints)
}

func (v *Values) between(from, to int) Values {
	return Values{part(v.Ints, from, to), part(v.Floats, from, to), part(v.Texts, from, to), part(v.Codes, from, to), v.Dict}
}

// part is nothing of a slice that is not that of the type.
func part[T any](s []T, from, to int) []T {
	if len(s) < to {
		return nil
	}
	return s[from:to]
}

func (v *Values) append(o Values) {
	v.Ints, v.Floats, v.Texts, v.Codes, v.Dict = append(v.Ints, o.Ints...), append(v.Floats, o.Floats...), append(v.Texts, o.Texts...), append(v.Codes, o.Codes...), o.Dict
}

// Empty removes all rows and keeps the room for the next ones.
func (v *Values) Empty() {
	clear(v.Texts)
	v.Ints, v.Floats, v.Texts, v.Codes = v.Ints[:0], v.Floats[:0], v.Texts[:0], v.Codes[:0]
}
