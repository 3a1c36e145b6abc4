package guard

// DefaultMemoryBytes is the limit in force where Limits names none: 1 GiB.
const DefaultMemoryBytes = 1 << 30

// Limits bounds what decoding a file may ask for.
type Limits struct {
	// MemoryBytes is the most that the footer or any one page, with the values
	// decoded from it, may take. Zero means DefaultMemoryBytes.
	MemoryBytes int64
}

func (l Limits) memory() int64 {
	if l.MemoryBytes <= 0 {
		return DefaultMemoryBytes
	}
	return l.MemoryBytes
}
