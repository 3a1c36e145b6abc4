package diagnose

import (
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"winback/data"
	"winback/data/spill"
)

// keptCustomers are the customers of the first walk by partition, in memory or, where
// they are more than that is to hold, on disk.
type keptCustomers struct {
	disk *spill.File // nil: all stay in memory
	most int         // customers in memory

	mu    sync.Mutex
	parts []keptPart
	held  int
	err   error // of the disk; it stays
}

type keptPart struct {
	customers []customer
	count     int
	extent    spill.Extent
	onDisk    bool
}

// customerBytes is what a customer takes, in memory and on disk.
const customerBytes = 32

// keep keeps those of a partition.
func (k *keptCustomers) keep(part int, customers []customer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parts[part] = keptPart{customers: customers, count: len(customers)}
	if k.held += len(customers); k.disk == nil || k.held <= k.most || k.err != nil {
		return
	}
	k.held = 0
	for i := range k.parts {
		p := &k.parts[i]
		if len(p.customers) == 0 {
			continue
		}
		if p.extent, k.err = k.disk.Write(encodeCustomers(p.customers)); k.err != nil {
			return
		}
		p.customers, p.onDisk = nil, true
	}
}

// of are those of a partition, in order of their ids; those from disk in scratch, which
// may be nil. They are not to be changed.
func (k *keptCustomers) of(part int, scratch []customer) ([]customer, error) {
	if k.err != nil {
		return nil, k.err
	}
	p := &k.parts[part]
	if !p.onDisk {
		return p.customers, nil
	}
	b, err := k.disk.Read(p.extent, nil)
	if err == nil && len(b) != p.count*customerBytes {
		err = k.disk.Fail(errors.New("they are not as many as were written"))
	}
	if err != nil {
		return nil, err
	}
	return decodeCustomers(b, scratch), nil
}

// count is how many customers all partitions have.
func (k *keptCustomers) count() (n int64) {
	for i := range k.parts {
		n += int64(k.parts[i].count)
	}
	return n
}

// each goes through the partitions in order; an error of the disk ends it, and stays.
func (k *keptCustomers) each(yield func(part int, customers []customer) bool) {
	var scratch []customer
	for part := range k.parts {
		customers, err := k.of(part, scratch)
		if err != nil {
			k.err = err
			return
		}
		if !yield(part, customers) {
			return
		}
		if k.parts[part].onDisk {
			scratch = customers
		}
	}
}

func encodeCustomers(customers []customer) []byte {
	b, le := make([]byte, 0, len(customers)*customerBytes), binary.LittleEndian
	for i := range customers {
		c := &customers[i]
		b = le.AppendUint64(le.AppendUint64(b, uint64(c.value)), uint64(c.firstValue))
		b = le.AppendUint32(le.AppendUint32(b, uint32(c.first)), uint32(c.last))
		b = le.AppendUint32(le.AppendUint32(b, uint32(c.wait)), uint32(c.days))
	}
	return b
}

func decodeCustomers(b []byte, into []customer) []customer {
	n, le := len(b)/customerBytes, binary.LittleEndian
	into = slices.Grow(into[:0], n)[:n]
	for i := range into {
		into[i] = customer{value: data.Money(le.Uint64(b)), firstValue: data.Money(le.Uint64(b[8:])), first: data.Day(le.Uint32(b[16:])), last: data.Day(le.Uint32(b[20:])),
			wait: int32(le.Uint32(b[24:])), days: int32(le.Uint32(b[28:]))}
		b = b[customerBytes:]
	}
	return into
}
