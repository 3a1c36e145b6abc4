package orders

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/spill"
)

// A store keeps the names of products, categories and channels once, by code of
// arrival, and for each order file the first day of a line with each name that
// it has: a name that only a vanished file had must not show, nor one that only
// lines behind the as-of day have.

// appendNameDays writes down the days of the names that were seen, by role:
// their number, then steps of the code and of the day.
func appendNameDays(b []byte, seen *[len(data.NamedRoles)][]data.Day) []byte {
	for k := range seen {
		count := 0
		for _, first := range seen[k] {
			if first < never {
				count++
			}
		}
		b = binary.AppendUvarint(b, uint64(count))
		code, day := 0, data.Day(0)
		for c, first := range seen[k] {
			if first < never {
				b = binary.AppendUvarint(b, uint64(c-code))
				b = binary.AppendVarint(b, int64(first-day))
				code, day = c, first
			}
		}
	}
	return b
}

// noteNameDays takes up what appendNameDays wrote, perhaps several times. seen
// has a place for each code there can be.
func noteNameDays(b []byte, seen *[len(data.NamedRoles)][]data.Day) error {
	for len(b) > 0 {
		for k := range seen {
			count, n := binary.Uvarint(b)
			if n <= 0 {
				return errStoreDamaged
			}
			b = b[n:]
			code, day := uint64(0), data.Day(0)
			for range count {
				step, n := binary.Uvarint(b)
				days, m := binary.Varint(b[max(n, 0):])
				if code += step; n <= 0 || m <= 0 || code >= uint64(len(seen[k])) {
					return errStoreDamaged
				}
				b, day = b[n+m:], day+data.Day(days)
				seen[k][code] = min(seen[k][code], day)
			}
		}
	}
	return nil
}

// noteNames takes up the days of the names of all files.
func (o *Table) noteNames(r *reading) error {
	for k, t := range r.names {
		o.seen[k] = make([]data.Day, len(t.names)+1)
		for code := range o.seen[k] {
			o.seen[k][code] = never
		}
	}
	for _, f := range o.Files {
		if err := noteNameDays(f.nameDays, &o.seen); err != nil {
			return &StoreError{r.from.folder, err}
		}
	}
	return nil
}

// encodeNames writes the names of all tables in the order of their codes, and a
// checksum.
func encodeNames(tables *[len(data.NamedRoles)]*nameTable) []byte {
	var b []byte
	for _, t := range tables {
		b = binary.AppendUvarint(b, uint64(len(t.names)))
		for _, name := range t.names {
			b = binary.AppendUvarint(b, uint64(len(name)))
			b = append(b, name...)
		}
	}
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b))
}

// decodeNames makes tables of what encodeNames wrote.
func decodeNames(b []byte) (tables [len(data.NamedRoles)]*nameTable, err error) {
	if b, err = spill.Body(b); err != nil {
		return tables, errStoreDamaged
	}
	for k := range tables {
		tables[k] = newNameTable()
		count, n := binary.Uvarint(b)
		if n <= 0 {
			return tables, errStoreDamaged
		}
		b = b[n:]
		for code := range count {
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) || uint64(tables[k].code(b[n:n+int(size)])) != code+1 {
				return tables, errStoreDamaged
			}
			b = b[n+int(size):]
		}
	}
	return tables, nil
}
